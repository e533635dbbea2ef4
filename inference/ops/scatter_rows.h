// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"

namespace phial::ops {

/// Puts rows at given places: destination[rows[n],:] = source[n,:]; the other rows stay as they
/// are.
/// source: [N, D] F32 or F16; rows: [N] I32, different from each other, each in [0, T), read on
/// the device; destination: [T, D] F32, must not overlap source. A row number outside the
/// destination writes nothing.
/// Records into s, does not submit.
/// Throws Error{Internal} on mismatched shapes or types.
/// Used to put image and audio features into the embedded prompt.
void scatterRows(gpu::CommandStream& s, const TensorView& source, const TensorView& rows,
                 const TensorView& destination);

} // namespace phial::ops
