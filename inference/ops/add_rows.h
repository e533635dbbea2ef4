// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"
#include "inference/tensor/weight_matrix.h"

namespace phial::ops {

/// Adds looked-up rows: x[t,:] += table[ids[t],:]
/// x: [T, D] F32, in place;
/// table: [V, D], any WeightFormat but Packed; ids: [T] I32, each in [0, V), read on the device.
/// An id outside the table adds nothing.
/// One dispatch per piece of the table.
/// Records into s, does not submit.
/// Throws Error{Internal} on mismatched shapes or types.
/// Source: embeddings.position_embedding of the image tower.
void addRows(gpu::CommandStream& s, const TensorView& x, const WeightMatrix& table,
             const TensorView& ids);

} // namespace phial::ops
