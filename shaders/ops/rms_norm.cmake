phial_shader(RmsNormF32 SOURCE ops/rms_norm.comp)
phial_shader(RmsNormF16 SOURCE ops/rms_norm.comp DEFINES Y_F16)
