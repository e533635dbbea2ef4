phial_shader(ScatterRowsF32 SOURCE ops/scatter_rows.comp)
phial_shader(ScatterRowsF16 SOURCE ops/scatter_rows.comp DEFINES X_F16)
