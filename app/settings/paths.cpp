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

/// One of the XDG base directories with Phial's folder in it. The rules want absolute paths.
std::filesystem::path baseDirectory(const char* variable, const char* inHome) {
    const char* const chosen = std::getenv(variable);
    if (chosen != nullptr && *chosen == '/') {
        return std::filesystem::path(chosen) / "phial";
    }
    const char* const home = std::getenv("HOME");
    return home != nullptr ? std::filesystem::path(home) / inHome / "phial"
                           : std::filesystem::path();
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
    return baseDirectory("XDG_CACHE_HOME", ".cache");
}

std::filesystem::path dataDirectory() {
    return baseDirectory("XDG_DATA_HOME", ".local/share");
}

} // namespace phial::settings
