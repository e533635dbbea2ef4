// SPDX-License-Identifier: MIT
#include "inference/gpu/hazard_tracker.h"

#include <algorithm>

namespace phial::gpu {

bool HazardTracker::conflicts(const RangeUse& use) const {
    return std::any_of(m_uses.begin(), m_uses.end(), [&](const RangeUse& earlier) {
        return earlier.buffer == use.buffer && (earlier.writes || use.writes) &&
               earlier.begin < use.end && use.begin < earlier.end;
    });
}

bool HazardTracker::add(std::span<const RangeUse> uses) {
    const bool barrier =
        std::any_of(uses.begin(), uses.end(), [&](const RangeUse& use) { return conflicts(use); });
    if (barrier) {
        clear();
    }
    m_uses.insert(m_uses.end(), uses.begin(), uses.end());
    return barrier;
}

} // namespace phial::gpu
