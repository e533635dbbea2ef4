// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace phial::settings {

/// Folder with models/, samples/ and icons: beside the source tree that the program was built in,
/// or where it is installed
/// (../share/phial). $PHIAL_RESOURCES goes before. Empty when none is found.
std::filesystem::path findResources(const std::filesystem::path& executable);

/// The running program's file.
std::filesystem::path executablePath();

/// $XDG_DATA_HOME/phial or ~/.local/share/phial: meetings and conversations.
std::filesystem::path dataDirectory();

/// $XDG_CACHE_HOME/phial or ~/.cache/phial: whatever is in it can be deleted at any time.
std::filesystem::path cacheDirectory();

} // namespace phial::settings
