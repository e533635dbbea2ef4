// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string_view>

namespace phial::audio {

/// Name of the input that gives what the loudspeakers play, see resources/alsa.
inline constexpr std::string_view kSystemAudioDevice = "phial_system_audio";

/// Has the sound system list that input where it can: PortAudio only knows what ALSA's
/// configuration names. Changes the environment of this process, so call it before its first
/// thread. `configuration`: resources/alsa/system-audio.conf; nothing happens without it.
void offerSystemAudio(const std::filesystem::path& configuration);

} // namespace phial::audio
