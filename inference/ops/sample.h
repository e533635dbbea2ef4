// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"

#include <array>
#include <cstdint>

namespace phial::ops {

/// How a token is drawn, in the words that the device reads.
struct Draw {
    float scale = 0;        ///< log2(e) / temperature, at most 1e30
    std::uint32_t topK = 0; ///< the so many likeliest stay; 0 = all
    std::uint32_t topP = 0; ///< of these the likeliest that reach topP / 2^16 together, 0 = all
    std::uint32_t leastWeight =
        1;                    ///< of these the ones with so much weight; the likeliest has 2^30
    std::uint32_t random = 0; ///< evenly distributed

    /// The content of `draw` below.
    std::array<std::int32_t, 5> words() const;
};

/// Numbers of logits that fit the sums.
inline constexpr std::int64_t kMostSampled = 1 << 18;

/// Draws a token for each row on the device in place of the likeliest one that pick() found. A
/// token's weight is sampleWeight() of shaders/include/sample_weight.h. Tokens are ordered by
/// logit, equal ones by number; top-k and top-p keep the front of that order (at least one token),
/// then light ones are dropped; of the others, with weights w in the order of their numbers, the
/// first n is taken with w_0 + ... + w_n > floor(random * sum(w) / 2^32). All of it in whole
/// numbers: the same logits and words give the same token everywhere. logits: F32 [T, V], V <=
/// kMostSampled, not more than 3.4e38; draw: I32 [T, 5]; result: I32 [T, 3] as pick() leaves it,
/// whose number and logit become those of the drawn token; -1 stays -1. Rows of draw and result
/// contiguous. Records one dispatch into s, does not submit. Throws Error{Internal} on mismatched
/// shapes or types.
void sample(gpu::CommandStream& s, const TensorView& logits, const TensorView& draw,
            const TensorView& result);

} // namespace phial::ops
