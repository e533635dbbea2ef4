# Shaders of tests/gpu: the device layer is tested with these, not with ops.
phial_shader(TestAffine SOURCE test/affine.comp)
phial_shader(TestScale SOURCE test/scale.comp)
phial_shader(TestGarble SOURCE test/garble.comp)
phial_shader(TestShapes SOURCE test/shapes.comp)
phial_shader(TestHalf SOURCE test/half.comp)
phial_shader(TestGroups SOURCE test/groups.comp)
