// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <span>

namespace phial::bench {

/// What one run of some work took.
struct Seconds {
    double wall = 0;
    double cpu = 0; ///< processor time of this process; the fair figure on a software device of a
                    ///< machine that has other work
};

/// Runs `work` `rounds` times (at least once) and gives the median of each clock.
Seconds medianOf(int rounds, const std::function<void()>& work);

/// The median of each clock; `list` has at least one.
Seconds medianOf(std::span<const Seconds> list);

} // namespace phial::bench
