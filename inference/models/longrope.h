// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

namespace phial::models {

/// Which frequency factors rotate queries and keys. The whole sequence uses one set: Short while it
/// has at most `originalPositions` tokens, Long for all of its tokens above.
enum class RotarySet : std::uint8_t { Short, Long };

/// LongRoPE as in the Phi-3/Phi-4 checkpoints (config.json: rope_scaling).
struct LongRope {
    std::int64_t rotaryDim = 0; ///< rotated columns of a head; even
    float theta = 10000;
    std::vector<float> shortFactors;    ///< [rotaryDim / 2]; empty = all 1
    std::vector<float> longFactors;     ///< [rotaryDim / 2]; empty = all 1
    std::int64_t originalPositions = 0; ///< original_max_position_embeddings
    double magnitude = 1;               ///< multiplies cosines and sines of both sets

    /// The set for a sequence of `tokens` tokens.
    RotarySet setFor(std::int64_t tokens) const {
        return tokens > originalPositions ? RotarySet::Long : RotarySet::Short;
    }

    /// [positions, rotaryDim] row-major: rotaryDim/2 cosines, then as many sines. Inverse
    /// frequencies and angles are rounded to fp32 as in the reference, because the rounding of the
    /// angle alone moves logits at positions above 1000.
    std::vector<float> cosSin(RotarySet set, std::int64_t positions) const;
};

} // namespace phial::models
