// SPDX-License-Identifier: MIT
#include "inference/models/longrope.h"

#include "inference/base/error.h"

#include <cmath>

namespace phial::models {

std::vector<float> LongRope::cosSin(RotarySet set, std::int64_t positions) const {
    const std::vector<float>& factors = set == RotarySet::Short ? shortFactors : longFactors;
    const auto half = static_cast<std::size_t>(rotaryDim / 2);
    check(factors.empty() || factors.size() == half, "one LongRoPE factor per rotated pair");
    std::vector<float> inverse(half);
    for (std::size_t j = 0; j < half; ++j) {
        const float exponent = static_cast<float>(2 * j) / static_cast<float>(rotaryDim);
        const float factor = factors.empty() ? 1.0F : factors[j];
        inverse[j] = 1.0F / (factor * std::pow(theta, exponent));
    }
    std::vector<float> table(static_cast<std::size_t>(positions) * half * 2);
    for (std::size_t p = 0; p < static_cast<std::size_t>(positions); ++p) {
        for (std::size_t j = 0; j < half; ++j) {
            const float angle = static_cast<float>(p) * inverse[j];
            table[p * half * 2 + j] =
                static_cast<float>(std::cos(static_cast<double>(angle)) * magnitude);
            table[p * half * 2 + half + j] =
                static_cast<float>(std::sin(static_cast<double>(angle)) * magnitude);
        }
    }
    return table;
}

} // namespace phial::models
