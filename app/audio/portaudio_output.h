// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/audio_output.h"

#include <memory>

namespace phial::audio {

/// The default loudspeakers through PortAudio. Create, use and destroy on one thread; see
/// makePortAudioBackend().
std::unique_ptr<AudioOutput> makePortAudioOutput();

} // namespace phial::audio
