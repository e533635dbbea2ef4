phial_shader(PatchifyF32 SOURCE ops/patchify.comp)
phial_shader(PatchifyF16 SOURCE ops/patchify.comp DEFINES Y_F16)
