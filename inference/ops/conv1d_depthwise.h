// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"

namespace phial::ops {

/// Causal depthwise convolution over time; rows in front of row 0 count as zeros:
///   y[t,c] = bias[c] + sum_{j<k} weight[c,j] * x[t - (k-1) + j, c]
/// x, y: [T, C], each F32 or F16; must not overlap. weight: [C, k] F32, k >= 1; bias: [C] F32.
/// Records into s, does not submit; sums in fp32.
/// Throws Error{Internal} on mismatched shapes or types.
/// Source: conv.dw_sep_conv_1d.dw_conv of the audio encoder, k = 3. Each chunk of a long recording
/// starts anew.
void conv1dDepthwise(gpu::CommandStream& s, const TensorView& x, const TensorView& weight,
                     const TensorView& bias, const TensorView& y);

} // namespace phial::ops
