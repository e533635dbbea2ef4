// SPDX-License-Identifier: MIT
#include "app/settings/paths.h"

#include <cstdlib>
#include <system_error>

namespace phial::settings {
namespace {

bool isResources(const std::filesystem::path& folder) {
    std::error_code ignored;
    return std::filesystem::is_directory(folder / "models", ignored) ||
           std::filesystem::is_directory(folder / "samples", ignored);
}

} // namespace

std::filesystem::path findResources(const std::filesystem::path& executable) {
    if (const char* const chosen = std::getenv("PHIAL_RESOURCES");
        chosen != nullptr && *chosen != '\0') {
        return chosen;
    }
    const std::filesystem::path folder = executable.parent_path();
    if (const auto installed = folder.parent_path() / "share/phial"; isResources(installed)) {
        return installed;
    }
    for (auto above = folder; above.has_relative_path(); above = above.parent_path()) {
        if (isResources(above / "resources")) {
            return above / "resources";
        }
    }
    return {};
}

std::filesystem::path executablePath() {
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/exe", ignored);
}

std::filesystem::path cacheDirectory() {
    const char* const cache = std::getenv("XDG_CACHE_HOME");
    if (cache != nullptr && *cache == '/') {
        return std::filesystem::path(cache) / "phial";
    }
    const char* const home = std::getenv("HOME");
    return home != nullptr ? std::filesystem::path(home) / ".cache/phial" : std::filesystem::path();
}

} // namespace phial::settings
