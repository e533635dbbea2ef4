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

/// Most rows that the shaders for few rows take, which can norm their input and gate their output.
inline constexpr std::int64_t kFewRows = 8;

/// An RMS norm of each row of x in front of a product: x / sqrt(mean(x^2) + epsilon) * gain.
struct InputNorm {
    TensorView gain; ///< F32 [K]
    float epsilon = 0;
};

struct LinearOptions {
    std::optional<TensorView> bias = std::nullopt; ///< F32 [N]
    Activation activation = Activation::None;
    float scale = 1; ///< after the activation: alpha/r of an adapter, 0.5 of a half step
    Accumulate accumulate = Accumulate::No;
    std::optional<InputNorm> norm = std::nullopt; ///< T <= kFewRows only
};

struct GatedLinearOptions {
    std::optional<InputNorm> norm = std::nullopt;
    std::optional<TensorView> outputScale = std::nullopt; ///< F32 [F]: of the linear that reads y
};

/// Matrix product with everything that follows it:
///   y[t,n] = (accumulate ? y[t,n] : 0) + scale * activation(sum_k x[t,k] * weight[n,k] + bias[n])
/// x: [T, K] F32 or F16; weight: [N, K], any WeightFormat; y: [T, N] F32 or F16, not x.
/// Any T, N, K >= 1 and any row stride or element offset. T <= kFewRows uses a matrix-vector
/// shader, larger T a tiled one.
/// A low-rank adapter is two calls: h = linear(x, A), then linear(h, B) into y with
/// Accumulate::Yes and scale = alpha/r.
/// A residual step accumulates into the F32 stream.
/// Records into s (one dispatch per piece of the weight), does not submit; sums in fp32. One
/// thread per stream.
/// Throws Error{Internal} on mismatched shapes or types.
/// Source: every projection of the three networks, 1x1 convolutions, patch embedding, logits.
void linear(gpu::CommandStream& s, const TensorView& x, const WeightMatrix& weight,
            const TensorView& y, const LinearOptions& options = {});

/// Whether linearGated() takes the weight: its gates and values must lie in one piece.
bool canGate(const WeightMatrix& weight);

/// A product and the gated unit behind it in one dispatch, with silu(g) = g / (1 + exp(-g)):
///   y[t,f] = outputScale[f] * silu(sum_k x[t,k] * weight[f,k]) * sum_k x[t,k] * weight[F+f,k]
/// x: [T, K], T <= kFewRows; weight: [2F, K], gate first, canGate(); y: [T, F]; types as linear().
/// Records into s, does not submit; sums in fp32.
/// Throws Error{Internal} on mismatched shapes or types.
/// Source: Shazeer 2020 (SwiGLU): decoder MLP while decoding.
void linearGated(gpu::CommandStream& s, const TensorView& x, const WeightMatrix& weight,
                 const TensorView& y, const GatedLinearOptions& options = {});

} // namespace phial::ops
