phial_shader(LayerNormF32F32 SOURCE ops/layer_norm.comp)
phial_shader(LayerNormF32F16 SOURCE ops/layer_norm.comp DEFINES Y_F16)
phial_shader(LayerNormF16F32 SOURCE ops/layer_norm.comp DEFINES X_F16)
phial_shader(LayerNormF16F16 SOURCE ops/layer_norm.comp DEFINES X_F16 Y_F16)
