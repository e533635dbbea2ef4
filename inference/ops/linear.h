// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"
#include "inference/tensor/weight_matrix.h"

#include <cstdint>
#include <optional>

namespace phial::ops {

/// Applied to x W^T + b, before scale. Gelu is the exact one (erf), GeluTanh the tanh
/// approximation.
enum class Activation : std::uint8_t { None, Relu, Silu, Gelu, GeluTanh };

/// Whether the result replaces y or is added to it.
enum class Accumulate : std::uint8_t { No, Yes };

struct LinearOptions {
    std::optional<TensorView> bias = std::nullopt; ///< F32 [N]
    Activation activation = Activation::None;
    float scale = 1; ///< after the activation: alpha/r of an adapter, 0.5 of a half step
    Accumulate accumulate = Accumulate::No;
};

/// Matrix product with everything that follows it:
///   y[t,n] = (accumulate ? y[t,n] : 0) + scale * activation(sum_k x[t,k] * weight[n,k] + bias[n])
/// x: [T, K] F32 or F16; weight: [N, K], any WeightFormat; y: [T, N] F32 or F16, not x.
/// Any T, N, K >= 1 and any row stride or element offset. T <= 8 uses a matrix-vector shader,
/// larger T a tiled one.
/// A low-rank adapter is two calls: h = linear(x, A), then linear(h, B) into y with
/// Accumulate::Yes and scale = alpha/r.
/// A residual step accumulates into the F32 stream.
/// Records into s (one dispatch per piece of the weight), does not submit; sums in fp32. One
/// thread per stream.
/// Throws Error{Internal} on mismatched shapes or types.
/// Source: every projection of the three networks, 1x1 convolutions, patch embedding, logits.
void linear(gpu::CommandStream& s, const TensorView& x, const WeightMatrix& weight,
            const TensorView& y, const LinearOptions& options = {});

} // namespace phial::ops
