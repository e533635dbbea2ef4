// SPDX-License-Identifier: MIT
#include "inference/reference/pick.h"

#include <cmath>
#include <cstddef>

namespace phial::reference {

namespace {

bool takesPart(float logit) {
    return logit > -3.4e38F; // false for NaN too
}

} // namespace

Picked pick(std::span<const float> logits) {
    Picked best;
    for (std::size_t i = 0; i < logits.size(); ++i) {
        if (takesPart(logits[i]) && (best.id < 0 || logits[i] > best.value)) {
            best.id = static_cast<std::int32_t>(i);
            best.value = logits[i];
        }
    }
    double sum = 0;
    for (const float logit : logits) {
        sum += takesPart(logit) ? std::exp(logit - best.value) : 0;
    }
    best.logSumExp = best.value + std::log(sum);
    return best;
}

} // namespace phial::reference
