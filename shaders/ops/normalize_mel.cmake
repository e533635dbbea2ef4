phial_shader(NormalizeMelF32 SOURCE ops/normalize_mel.comp)
phial_shader(NormalizeMelF16 SOURCE ops/normalize_mel.comp DEFINES Y_F16)
