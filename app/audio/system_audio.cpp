// SPDX-License-Identifier: MIT
#include "app/audio/system_audio.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <system_error>

namespace phial::audio {
namespace {

/// Where every distribution keeps it; alsa-lib reads nothing else once the variable is set.
constexpr const char* kOfTheSystem = "/usr/share/alsa/alsa.conf";
constexpr const char* kVariable = "ALSA_CONFIG_PATH";

} // namespace

std::optional<std::string> systemAudioDevice(const std::vector<InputDevice>& devices) {
    const auto found = std::find_if(devices.begin(), devices.end(),
                                    [](const InputDevice& device) { return device.isSystemAudio; });
    return found == devices.end() ? std::nullopt : std::optional(found->id);
}

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
