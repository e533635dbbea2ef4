// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/audio_backend.h"

#include <memory>

namespace phial::audio {

/// Microphones through PortAudio (on Linux: ALSA, which reaches PipeWire and PulseAudio through its
/// `default` device). Create, use and destroy on one thread. Set JACK_NO_START_SERVER=1 before the
/// first thread of the program starts, or looking for devices may start a JACK server.
std::unique_ptr<AudioBackend> makePortAudioBackend();

} // namespace phial::audio
