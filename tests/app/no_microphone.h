// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/audio_backend.h"

namespace phial::audio {

/// The sound of a computer without a microphone.
class NoMicrophone final : public AudioBackend {
public:
    std::vector<InputDevice> rescan() override { return {}; }

    OpenResult open(const std::string&, std::optional<int>, FrameSink&) override {
        return {.stream = nullptr,
                .failure = CaptureFailure::NoMicrophone,
                .reason = "This computer has no microphone."};
    }
};

} // namespace phial::audio
