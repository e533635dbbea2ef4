// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/ops/conv2d_first.h"
#include "inference/ops/conv_frames.h"
#include "inference/tensor/tensor.h"

#include <cstdint>

namespace phial::ops {

/// Depthwise convolution over time and frequency, 3x3, stride 2, zero padding 1, no activation.
/// With F = frequencies:
///   y[t*halved(F) + f, c] = bias[c] + sum_{i,j<3} weight[c, 3*i + j] * x[t'*F + f', c]
/// over t' = 2*t - 1 + i and f' = 2*f - 1 + j inside the recording.
/// x: [T * F, C], y: [T' * halved(F), C], each F32 or F16, channel last, frame-major; must not
/// overlap.
/// `frames` says which frames x and y hold; for a whole recording {.total = T} and T' = halved(T).
/// Records into s, does not submit; sums in fp32.
/// Throws Error{Internal} on mismatched shapes or types, or when x lacks a frame that y needs.
/// Source: encoder.embed.conv.2, encoder.embed.conv.5.
void conv2dDepthwise(gpu::CommandStream& s, const TensorView& x, std::int64_t frequencies,
                     const Conv3x3Weights& weights, const TensorView& y, const ConvFrames& frames);

} // namespace phial::ops
