phial_shader(Conv2dFirstF32F32 SOURCE ops/conv2d_first.comp)
phial_shader(Conv2dFirstF32F16 SOURCE ops/conv2d_first.comp DEFINES Y_F16)
phial_shader(Conv2dFirstF16F32 SOURCE ops/conv2d_first.comp DEFINES X_F16)
phial_shader(Conv2dFirstF16F16 SOURCE ops/conv2d_first.comp DEFINES X_F16 Y_F16)
# For software devices.
phial_shader(Conv2dFirstLanesF32F32 SOURCE ops/conv2d_first.comp DEFINES LANES)
phial_shader(Conv2dFirstLanesF32F16 SOURCE ops/conv2d_first.comp DEFINES LANES Y_F16)
phial_shader(Conv2dFirstLanesF16F32 SOURCE ops/conv2d_first.comp DEFINES LANES X_F16)
phial_shader(Conv2dFirstLanesF16F16 SOURCE ops/conv2d_first.comp DEFINES LANES X_F16 Y_F16)
