// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"

namespace phial::ops {

/// Learnt parameters of a layer norm. eps > 0, dimensionless: 1e-6 in the image tower, 1e-5 in the
/// audio encoder.
struct LayerNormWeights {
    TensorView weight; ///< F32 [D]
    TensorView bias;   ///< F32 [D]
    float eps = 1e-5F;
};

/// Layer norm: y[t,d] = (x[t,d] - mean) / sqrt(variance + eps) * weight[d] + bias[d]
/// with mean and variance (divided by D) over row t.
/// x, y: [T, D], each F32 or F16; y may be x itself (same view, same type).
/// Records into s, does not submit; two passes in fp32, so that a large mean costs no digits of
/// the variance.
/// Throws Error{Internal} on mismatched shapes or types.
/// Source: Ba et al. 2016; checkpoint modules *.layer_norm*, layer_norm1, layer_norm2.
void layerNorm(gpu::CommandStream& s, const TensorView& x, const LayerNormWeights& weights,
               const TensorView& y);

} // namespace phial::ops
