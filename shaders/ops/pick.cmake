phial_shader(Pick SOURCE ops/pick.comp)
phial_shader(PickFinal SOURCE ops/pick_final.comp)
