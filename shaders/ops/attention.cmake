# Keys and values, queries, output.
phial_shader(AttentionF32F32F32 SOURCE ops/attention.comp)
phial_shader(AttentionF32F32F16 SOURCE ops/attention.comp DEFINES Y_F16)
phial_shader(AttentionF32F16F32 SOURCE ops/attention.comp DEFINES X_F16)
phial_shader(AttentionF32F16F16 SOURCE ops/attention.comp DEFINES X_F16 Y_F16)
phial_shader(AttentionF16F32F32 SOURCE ops/attention.comp DEFINES KV_F16)
phial_shader(AttentionF16F32F16 SOURCE ops/attention.comp DEFINES KV_F16 Y_F16)
phial_shader(AttentionF16F16F32 SOURCE ops/attention.comp DEFINES KV_F16 X_F16)
phial_shader(AttentionF16F16F16 SOURCE ops/attention.comp DEFINES KV_F16 X_F16 Y_F16)
