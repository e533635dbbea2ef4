// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace phial {

/// A length or place in a recording for people: 75 -> "1:15", 4000 -> "1:06:40". seconds >= 0, cut
/// to whole ones.
std::string clockText(double seconds);

} // namespace phial
