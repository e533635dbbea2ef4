// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"

#include <cstdint>

namespace phial::ops {

/// Rows of the scratch that pick() needs for a row of so many logits.
std::int64_t pickParts(std::int64_t logits);

/// The likeliest token of each row, found on the device so that 12 bytes come back instead of all
/// logits:
///   result[t,0] = the smallest n with the largest logits[t,n], -1 when there is none
///   result[t,1] = that logit (bits of an F32)
///   result[t,2] = ln(sum_n exp(logits[t,n])) (bits of an F32)
/// NaN and negative infinity do not take part. logits: F32 [T, V]; parts: I32
/// [>= T * pickParts(V), 3], scratch; result: I32 [T, 3], rows contiguous. A row gives the same
/// bits alone and among others.
/// Records two dispatches into s, does not submit; fp32.
/// Throws Error{Internal} on mismatched shapes or types.
void pick(gpu::CommandStream& s, const TensorView& logits, const TensorView& parts,
          const TensorView& result);

} // namespace phial::ops
