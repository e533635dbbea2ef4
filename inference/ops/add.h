// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"

namespace phial::ops {

/// Scaled addition: y[t,d] = x[t,d] + alpha * z[t,d]
/// x, y: [T, D], both F32 or both F16; z: [T, D] F32 or F16. y may be x itself, and z itself where
/// the types agree.
/// Records into s, does not submit; computes in fp32.
/// Throws Error{Internal} on mismatched shapes or types.
void add(gpu::CommandStream& s, const TensorView& x, const TensorView& z, const TensorView& y,
         float alpha = 1);

} // namespace phial::ops
