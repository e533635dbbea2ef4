phial_shader(AveragePoolF32F32 SOURCE ops/average_pool.comp)
phial_shader(AveragePoolF32F16 SOURCE ops/average_pool.comp DEFINES Y_F16)
phial_shader(AveragePoolF16F32 SOURCE ops/average_pool.comp DEFINES X_F16)
phial_shader(AveragePoolF16F16 SOURCE ops/average_pool.comp DEFINES X_F16 Y_F16)
