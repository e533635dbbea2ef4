// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"

namespace phial::ops {

/// Root-mean-square norm: y[t,d] = x[t,d] / sqrt(mean_d(x[t,:]^2) + eps) * weight[d]
/// x: [T, D] F32; weight: [D] F32; y: [T, D] F32 or F16, may be x itself when F32. eps > 0,
/// dimensionless.
/// Records into s, does not submit; sums in fp32.
/// Throws Error{Internal} on mismatched shapes or types.
/// Source: Zhang & Sennrich 2019; checkpoint modules *.input_layernorm,
/// *.post_attention_layernorm, model.norm.
void rmsNorm(gpu::CommandStream& s, const TensorView& x, const TensorView& weight, float eps,
             const TensorView& y);

} // namespace phial::ops
