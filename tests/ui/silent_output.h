// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/audio_output.h"

#include <memory>

namespace phial::ui::test {

/// Loudspeakers that nobody hears.
class SilentOutput final : public audio::AudioOutput {
public:
    int nativeRateHz() override { return 48000; }

    audio::OutputResult open(int, audio::FrameFiller&) override {
        return {.stream = std::make_unique<audio::OutputStream>(), .reason = {}};
    }
};

} // namespace phial::ui::test
