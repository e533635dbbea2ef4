// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/ops/kv_format.h"
#include "inference/tensor/tensor.h"

#include <cstdint>
#include <optional>

namespace phial::ops {

enum class AttentionMask : std::uint8_t {
    None,   ///< every key is visible to every query
    Causal, ///< key s is visible to query t iff s <= positions[t]
};

/// Whether queries may share the work on keys. Apart, each is computed bit for bit as it would be
/// alone, by the same pipeline, at the price of reading its keys for itself.
enum class QueryWork : std::uint8_t { Shared, Apart };

/// T queries attend to S keys. `heads` is a multiple of `kvHeads`; query head h uses key/value
/// head h / (heads / kvHeads).
struct AttentionArgs {
    TensorView q; ///< [T, heads*headDim] F32 or F16
    TensorView
        k; ///< [S, kvHeads*headDim], F32 or F16, type of v; S = capacity when kvLength is given
    TensorView v;   ///< [S, kvHeads*headDim]
    TensorView out; ///< [T, heads*headDim] F32 or F16; must not overlap q, k, v
    std::int64_t heads = 0;
    std::int64_t kvHeads = 0;
    std::int64_t headDim = 0; ///< 1..256
    /// T and S are so many equal stretches, one behind the other, and a query sees the keys of its
    /// own stretch only (crops of a picture). More than 1: no mask but keyMask, no kvLength, no
    /// parts, nothing coded.
    std::int64_t sequences = 1;
    float scale = 1; ///< usually headDim^-0.5
    AttentionMask mask = AttentionMask::None;
    /// I32 [T], needed for Causal; key s is token s of the cache.
    std::optional<TensorView> positions = std::nullopt;
    /// I32 [1]: number of keys in use, read on the device, so that a recorded decode step can be
    /// replayed. Without it all S.
    std::optional<TensorView> kvLength = std::nullopt;
    /// I32 [S]: a key with 0 is invisible to every query (patches behind the edge of an image). At
    /// least one is not 0.
    std::optional<TensorView> keyMask = std::nullopt;
    /// F32 [2*maxDistance, heads]: adds relativeBias[clip(s - t, -maxDistance, maxDistance - 1) +
    /// maxDistance, h] to the score of query t and key s (audio encoder). t, s count rows of q and
    /// k, in each sequence from 0.
    std::optional<TensorView> relativeBias = std::nullopt;
    /// With a coded format k and v are I32 rows of the cache (kv_format.h), q is in the rotated
    /// frame as rope_append leaves it, and `codec` is needed; no keyMask, no relativeBias.
    KvFormat kvFormat = KvFormat::Plain;
    /// F32 [16 + headDim]: levels of the 4-bit book, then the signs of the rotation.
    std::optional<TensorView> codec = std::nullopt;
    /// F32 [parts, T * heads * (headDim + 2)], scratch: the keys are divided among so many
    /// workgroups, whose results a second dispatch joins. For one or few queries on a device with
    /// many cores. q, k and v are then aligned to 4 elements and headDim is a multiple of 4.
    std::optional<TensorView> parts = std::nullopt;
    /// F32 [heads*headDim]: multiplies each row of out; the column scale of the quantized linear
    /// that reads it.
    std::optional<TensorView> columnScale = std::nullopt;
    QueryWork work = QueryWork::Shared;
};

/// Scaled dot-product attention with an online softmax:
///   out[t,h,:] = sum_s softmax_s(scale * q[t,h,:].k[s,h',:] + bias) * v[s,h',:]
/// over the visible keys s, h' = h / (heads / kvHeads), times columnScale[h,:].
/// A query that sees no key gets zeros. q, k and v may be column slices of one fused matrix.
/// Records into s (two dispatches with `parts`, else one), does not submit; fp32 throughout.
/// Throws Error{Internal} on mismatched shapes or types.
/// Source: Vaswani et al. 2017; Milakov & Gimelshein 2018 (online softmax).
void attention(gpu::CommandStream& s, const AttentionArgs& args);

} // namespace phial::ops
