// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/audio_backend.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace phial::audio {

/// Name of the input that gives what the loudspeakers play, see resources/alsa.
inline constexpr std::string_view kSystemAudioDevice = "phial_system_audio";

/// Why there is none, as a sentence for people.
inline constexpr const char* kNoSystemAudio =
    "What the loudspeakers play cannot be recorded here: it needs PulseAudio or PipeWire with its "
    "PulseAudio service, and ALSA's pulse plugin (libasound2-plugins).";

/// Id of that input, when it is among these.
std::optional<std::string> systemAudioDevice(const std::vector<InputDevice>& devices);

/// Has the sound system list that input where it can: PortAudio only knows what ALSA's
/// configuration names. Changes the environment of this process, so call it before its first
/// thread. `configuration`: resources/alsa/system-audio.conf; nothing happens without it.
void offerSystemAudio(const std::filesystem::path& configuration);

} // namespace phial::audio
