phial_shader(TransposeChannelsF32F32 SOURCE ops/transpose_channels.comp)
phial_shader(TransposeChannelsF32F16 SOURCE ops/transpose_channels.comp DEFINES Y_F16)
phial_shader(TransposeChannelsF16F32 SOURCE ops/transpose_channels.comp DEFINES X_F16)
phial_shader(TransposeChannelsF16F16 SOURCE ops/transpose_channels.comp DEFINES X_F16 Y_F16)
