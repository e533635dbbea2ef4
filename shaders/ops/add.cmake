phial_shader(AddF32F32 SOURCE ops/add.comp)
phial_shader(AddF32F16 SOURCE ops/add.comp DEFINES Z_F16)
phial_shader(AddF16F32 SOURCE ops/add.comp DEFINES X_F16)
phial_shader(AddF16F16 SOURCE ops/add.comp DEFINES X_F16 Z_F16)
