// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/ops/conv_frames.h"
#include "inference/tensor/tensor.h"

namespace phial::ops {

/// Learnt parameters of a 3x3 convolution with one input channel per output channel.
struct Conv3x3Weights {
    TensorView weight; ///< F32 [C, 9]: kernel row (time) * 3 + kernel column (frequency)
    TensorView bias;   ///< F32 [C]
};

/// First convolution of the audio encoder: one channel in, C out, 3x3, stride 2, zero padding 1,
/// then ReLU. With t, f = output frame and frequency:
///   y[t*halved(F) + f, c] = max(0, bias[c] + sum_{i,j<3} weight[c, 3*i + j] * x[t', f'])
/// over t' = 2*t - 1 + i and f' = 2*f - 1 + j inside the recording.
/// x: [T, F] F32 or F16, one frame per row; y: [T' * halved(F), C] F32 or F16, channel last, T'
/// output frames.
/// `frames` says which frames x and y hold; for a whole recording {.total = T} and T' = halved(T).
/// Records into s, does not submit; sums in fp32.
/// Throws Error{Internal} on mismatched shapes or types, or when x lacks a frame that y needs.
/// Source: encoder.embed.conv.0 with the ReLU behind it; F = 80.
void conv2dFirst(gpu::CommandStream& s, const TensorView& x, const Conv3x3Weights& weights,
                 const TensorView& y, const ConvFrames& frames);

} // namespace phial::ops
