// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"

#include <cstdint>

namespace phial::ops {

/// Which part of a row is rotated.
struct RopeLayout {
    std::int64_t heads =
        0; ///< number of leading heads to rotate; query and key heads of a fused qkv row
    std::int64_t headDim = 0;   ///< columns per head
    std::int64_t rotaryDim = 0; ///< leading columns of each head that are rotated; even, <= headDim
    std::int64_t tableBase = 0; ///< position that row 0 of the table belongs to
};

/// Rotary position embedding in place, half-split. For every t, each of the first `heads` heads and
/// j < rotaryDim / 2, with row = positions[t] - tableBase, a = x[t, head*headDim + j] and
/// b = x[t, head*headDim + rotaryDim/2 + j]:
///   a' = a * cos[row,j] - b * sin[row,j],   b' = b * cos[row,j] + a * sin[row,j]
/// The columns behind rotaryDim of each head and everything behind the rotated heads stay as they
/// are.
/// x: [T, >= heads*headDim] F32 or F16. positions: [T] I32. cosSin: [P, rotaryDim] F32, cosines in
/// the first half of a row, sines in the second, both already multiplied by the attention scaling
/// of long contexts.
/// Positions are read on the device, so a recorded decode step can be replayed.
/// Rows whose position lies outside the table are left unrotated; the caller makes sure that there
/// are none.
/// Records into s, does not submit.
/// Throws Error{Internal} on mismatched shapes or types.
/// Source: Su et al. 2021 in the half-split form of the Phi checkpoints.
void rope(gpu::CommandStream& s, const TensorView& x, const TensorView& positions,
          const TensorView& cosSin, const RopeLayout& layout);

} // namespace phial::ops
