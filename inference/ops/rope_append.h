// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/ops/kv_format.h"
#include "inference/tensor/tensor.h"

#include <cstdint>
#include <optional>

namespace phial::ops {

/// Columns of a fused row: queryHeads*headDim of q, then kvHeads*headDim of k, then as many of v.
struct QkvLayout {
    std::int64_t queryHeads = 0;
    std::int64_t kvHeads = 0;
    std::int64_t headDim = 0;
    std::int64_t rotaryDim = 0; ///< leading columns of each q and k head that are rotated; even, <=
                                ///< headDim
};

struct RopeAppendArgs {
    TensorView qkv;       ///< [T, (queryHeads + 2*kvHeads)*headDim] F32 or F16
    TensorView tableRows; ///< I32 [T]: row of cosSin that token t takes
    TensorView positions; ///< I32 [T]: row of the cache that token t takes, all different
    TensorView cosSin;    ///< F32 [P, rotaryDim]: cosines, then sines, times the attention scaling
    TensorView keys;      ///< [capacity, keyRowElements()] F32 or F16; I32 where coded
    TensorView values;    ///< [capacity, valueRowElements()], same type
    QkvLayout layout;
    KvFormat format = KvFormat::Plain;
    std::optional<TensorView> codec = std::nullopt; ///< as attention's, needed where coded
};

/// Rotary position embedding, half-split, and the keys' and values' way into the cache. For every
/// t, each head of q and k, j < rotaryDim / 2, a and b its columns j and rotaryDim/2 + j, c and s
/// those of row tableRows[t] of cosSin:
///   a' = a * c - b * s,   b' = b * c + a * s
/// q is changed in place; k, rotated, and v go to row positions[t] of the cache, and their columns
/// of qkv are then undefined. Columns behind rotaryDim stay as they are. With a coded format each
/// head of q, k and v is afterwards multiplied by the codec's signs and transformed by an
/// orthonormal Hadamard matrix; q stays in that frame, k and v are coded (kv_format.h). Table rows
/// and positions are read on the device, so a recorded decode step can be replayed. A table row
/// outside the table leaves its token unrotated, a position outside the cache writes nothing there;
/// the caller makes sure that there are none. Records one dispatch into s, does not submit; fp32.
/// Throws Error{Internal} on mismatched shapes or types.
/// Source: Su et al. 2021 in the half-split form of the Phi checkpoints; TurboQuant, MSE variant
/// with norm correction.
void ropeAppend(gpu::CommandStream& s, const RopeAppendArgs& args);

} // namespace phial::ops
