// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace phial::reference {

/// Words of a draw as ops::Draw explains them.
struct SampleInputs {
    std::span<const float> logits;
    float scale = 0;
    std::uint32_t topK = 0;
    std::uint32_t topP = 0;
    std::uint32_t leastWeight = 1;
    std::uint32_t random = 0;
};

/// The token that ops::sample() draws, by ordering all of them; -1 when no logit is a number.
std::int32_t sample(const SampleInputs& in);

} // namespace phial::reference
