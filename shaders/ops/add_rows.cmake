phial_shader(AddRowsF32 SOURCE ops/add_rows.comp)
phial_shader(AddRowsF16 SOURCE ops/add_rows.comp DEFINES W_F16)
phial_shader(AddRowsBf16 SOURCE ops/add_rows.comp DEFINES W_BF16)
