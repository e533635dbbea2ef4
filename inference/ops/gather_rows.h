// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"
#include "inference/tensor/weight_matrix.h"

#include <optional>

namespace phial::ops {

/// Looks rows up: y[t,:] = table[ids[t],:] * columnScale
/// table: [V, D], any WeightFormat; ids: [T] I32, each in [0, V), read on the device; y: [T, D]
/// F32 or F16; columnScale: F32 [D], the column scale of a quantized table, or none.
/// One dispatch per piece of the table; each writes the rows whose ids it holds. The host checks
/// the ids before it uploads them: a row with an id outside the table keeps what it held.
/// Records into s, does not submit.
/// Throws Error{Internal} on mismatched shapes or types.
/// Source: model.embed_tokens.
void gatherRows(gpu::CommandStream& s, const WeightMatrix& table, const TensorView& ids,
                const TensorView& y, const std::optional<TensorView>& columnScale = std::nullopt);

/// The same from activations.
/// source: [N, D] F32 or F16, must not overlap y.
/// Used to order image features into a sequence.
void gatherRows(gpu::CommandStream& s, const TensorView& source, const TensorView& ids,
                const TensorView& y);

} // namespace phial::ops
