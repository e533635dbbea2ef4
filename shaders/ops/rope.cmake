phial_shader(RopeF32 SOURCE ops/rope.comp)
phial_shader(RopeF16 SOURCE ops/rope.comp DEFINES X_F16)
