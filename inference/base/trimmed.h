// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace phial {

/// Without blanks, tabs and ends of lines at both ends. A part of `text`, which must outlive it.
constexpr std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kSpace);
    return first == std::string_view::npos
               ? std::string_view()
               : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

} // namespace phial
