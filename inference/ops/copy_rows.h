// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"

namespace phial::ops {

/// Strided copy with change of type: y[t,d] = x[t,d], rounded to nearest for F16
/// x, y: [T, D], each F32 or F16; must not overlap.
/// Records into s, does not submit.
/// Throws Error{Internal} on mismatched shapes or types.
/// Used to join chunks and to change the type of activations. Plain byte ranges are cheaper with
/// CommandStream::copy.
void copyRows(gpu::CommandStream& s, const TensorView& x, const TensorView& y);

} // namespace phial::ops
