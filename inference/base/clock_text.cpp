// SPDX-License-Identifier: MIT
#include "inference/base/clock_text.h"

#include <array>
#include <cstdio>

namespace phial {

std::string clockText(double seconds) {
    const auto all = static_cast<long long>(seconds);
    std::array<char, 40> text{};
    if (all >= 3600) {
        std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld", all / 3600, all / 60 % 60,
                      all % 60);
    } else {
        std::snprintf(text.data(), text.size(), "%lld:%02lld", all / 60, all % 60);
    }
    return text.data();
}

} // namespace phial
