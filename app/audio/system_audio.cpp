// SPDX-License-Identifier: MIT
#include "app/audio/system_audio.h"

#include <cstdlib>
#include <string>
#include <system_error>

namespace phial::audio {
namespace {

/// Where every distribution keeps it; alsa-lib reads nothing else once the variable is set.
constexpr const char* kOfTheSystem = "/usr/share/alsa/alsa.conf";
constexpr const char* kVariable = "ALSA_CONFIG_PATH";

} // namespace

void offerSystemAudio(const std::filesystem::path& configuration) {
    std::error_code ignored;
    const char* const before = std::getenv(kVariable);
    const std::string others = before != nullptr && *before != '\0' ? before : kOfTheSystem;
    // A colon divides the files of the list and cannot be escaped.
    const bool usable = std::filesystem::exists(configuration, ignored) &&
                        configuration.string().find(':') == std::string::npos &&
                        (before != nullptr || std::filesystem::exists(kOfTheSystem, ignored));
    if (usable) {
        ::setenv(kVariable, (others + ':' + configuration.string()).c_str(), 1);
    }
}

} // namespace phial::audio
