// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"

#include <cstdint>
#include <optional>

namespace phial::ops {

/// Which half of a row of x is the gate.
enum class GateOrder : std::uint8_t {
    GateFirst,  ///< decoder: columns [0, F) gate, [F, 2F) value
    ValueFirst, ///< audio encoder: columns [0, F) value, [F, 2F) gate
};

struct GatedOptions {
    GateOrder order = GateOrder::GateFirst;
    std::optional<TensorView> valueBias = std::nullopt; ///< F32 [F]
    std::optional<TensorView> gateBias = std::nullopt;  ///< F32 [F]; both or neither
    /// F32 [F]: the column scale of the quantized linear that reads y. Not together with biases.
    std::optional<TensorView> columnScale = std::nullopt;
};

/// Gated unit, with silu(g) = g / (1 + exp(-g)):
///   y[t,f] = columnScale[f] * (value[t,f] + valueBias[f]) * silu(gate[t,f] + gateBias[f])
/// x: [T, 2F], y: [T, F], each F32 or F16; y must not overlap x.
/// Records into s, does not submit; computes in fp32.
/// Throws Error{Internal} on mismatched shapes or types.
/// Source: Shazeer 2020 (SwiGLU): decoder MLP, audio feed-forward, audio convolution (conv.glu
/// with b1, b2).
void gated(gpu::CommandStream& s, const TensorView& x, const TensorView& y,
           const GatedOptions& options);

} // namespace phial::ops
