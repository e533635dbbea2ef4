// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace phial::reference {

/// NaN and values that are not above -3.4e38 do not take part.
struct Picked {
    std::int32_t id = -1; ///< the first of the largest values, -1 when there is none
    double value = 0;
    double logSumExp = 0; ///< over them
};

Picked pick(std::span<const float> logits);

} // namespace phial::reference
