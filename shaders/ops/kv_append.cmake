phial_shader(KvAppendF32F32 SOURCE ops/kv_append.comp)
phial_shader(KvAppendF32F16 SOURCE ops/kv_append.comp DEFINES Y_F16)
phial_shader(KvAppendF16F32 SOURCE ops/kv_append.comp DEFINES X_F16)
phial_shader(KvAppendF16F16 SOURCE ops/kv_append.comp DEFINES X_F16 Y_F16)
