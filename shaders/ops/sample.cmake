phial_shader(Sample SOURCE ops/sample.comp)
