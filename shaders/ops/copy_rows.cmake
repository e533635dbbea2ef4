phial_shader(CopyRowsF32F32 SOURCE ops/copy_rows.comp)
phial_shader(CopyRowsF32F16 SOURCE ops/copy_rows.comp DEFINES Y_F16)
phial_shader(CopyRowsF16F32 SOURCE ops/copy_rows.comp DEFINES X_F16)
phial_shader(CopyRowsF16F16 SOURCE ops/copy_rows.comp DEFINES X_F16 Y_F16)
