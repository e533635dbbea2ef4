phial_shader(Conv2dDepthwiseF32F32 SOURCE ops/conv2d_depthwise.comp)
phial_shader(Conv2dDepthwiseF32F16 SOURCE ops/conv2d_depthwise.comp DEFINES Y_F16)
phial_shader(Conv2dDepthwiseF16F32 SOURCE ops/conv2d_depthwise.comp DEFINES X_F16)
phial_shader(Conv2dDepthwiseF16F16 SOURCE ops/conv2d_depthwise.comp DEFINES X_F16 Y_F16)
