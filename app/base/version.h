// SPDX-License-Identifier: MIT
#pragma once

namespace phial::app {

/// Of the project() line of the top CMakeLists.txt.
inline constexpr const char* kVersion = "0.1.0";

} // namespace phial::app
