phial_shader(Conv2dFirstF32F32 SOURCE ops/conv2d_first.comp)
phial_shader(Conv2dFirstF32F16 SOURCE ops/conv2d_first.comp DEFINES Y_F16)
phial_shader(Conv2dFirstF16F32 SOURCE ops/conv2d_first.comp DEFINES X_F16)
phial_shader(Conv2dFirstF16F16 SOURCE ops/conv2d_first.comp DEFINES X_F16 Y_F16)
