# q, k, v of the tokens; cache.
phial_shader(RopeAppendF32F32 SOURCE ops/rope_append.comp)
phial_shader(RopeAppendF32F16 SOURCE ops/rope_append.comp DEFINES Y_F16)
phial_shader(RopeAppendF16F32 SOURCE ops/rope_append.comp DEFINES X_F16)
phial_shader(RopeAppendF16F16 SOURCE ops/rope_append.comp DEFINES X_F16 Y_F16)
phial_shader(RopeAppendK8V4F32 SOURCE ops/rope_append_coded.comp DEFINES KV_K8V4)
phial_shader(RopeAppendK8V4F16 SOURCE ops/rope_append_coded.comp DEFINES KV_K8V4 X_F16)
phial_shader(RopeAppendTq4F32 SOURCE ops/rope_append_coded.comp DEFINES KV_TQ4)
phial_shader(RopeAppendTq4F16 SOURCE ops/rope_append_coded.comp DEFINES KV_TQ4 X_F16)
