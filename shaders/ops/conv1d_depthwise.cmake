phial_shader(Conv1dDepthwiseF32F32 SOURCE ops/conv1d_depthwise.comp)
phial_shader(Conv1dDepthwiseF32F16 SOURCE ops/conv1d_depthwise.comp DEFINES Y_F16)
phial_shader(Conv1dDepthwiseF16F32 SOURCE ops/conv1d_depthwise.comp DEFINES X_F16)
phial_shader(Conv1dDepthwiseF16F16 SOURCE ops/conv1d_depthwise.comp DEFINES X_F16 Y_F16)
