// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"

#include <cstdint>

namespace phial::ops {

/// Columns of a fused row: queryHeads*headDim of q, then kvHeads*headDim of k, then as many of v.
struct QkvLayout {
    std::int64_t queryHeads = 0;
    std::int64_t kvHeads = 0;
    std::int64_t headDim = 0;
};

/// Writes the keys and values of T tokens into the cache: with p = positions[t],
///   kCache[p,:] = k columns of qkv[t,:],   vCache[p,:] = v columns of qkv[t,:]
/// qkv: [T, (queryHeads + 2*kvHeads)*headDim] F32 or F16, keys already rotated. kCache, vCache:
/// [capacity, kvHeads*headDim], F32 or F16, both of the same type. positions: [T] I32, different
/// from each other, read on the device.
/// A position outside [0, capacity) writes nothing; the caller makes sure that there is none.
/// Records into s, does not submit.
/// Throws Error{Internal} on mismatched shapes or types.
void kvAppend(gpu::CommandStream& s, const TensorView& qkv, const TensorView& kCache,
              const TensorView& vCache, const TensorView& positions, const QkvLayout& layout);

} // namespace phial::ops
