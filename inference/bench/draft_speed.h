// SPDX-License-Identifier: MIT
#pragma once

#include "inference/bench/measure.h"
#include "inference/models/phi4_decoder.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace phial::bench {

/// What guessing tokens (engine/drafter.h) brings for one kind of answer. Which guesses come true
/// is written down beforehand, because random weights copy nothing; the decoder's work is that of
/// an engine that gives this answer.
struct DraftSpeed {
    std::string answer; ///< "copy", "edited", "new", "deceiving"
    int tokens = 0;     ///< behind the first one of the answer
    int steps = 0;      ///< runs of the decoder with guesses
    int guessed = 0;    ///< tokens run as guesses
    int kept = 0;       ///< those that came true
    Seconds without;    ///< one token after the other
    Seconds with;
};

/// What a step of so many tokens takes.
struct WideStep {
    int width = 0;
    Seconds taken;
};

struct DraftOptions {
    int promptTokens = 512;
    int answerTokens = 64;
    int rounds = 3;
    gpu::DeviceKind device = gpu::DeviceKind::Other;
};

struct DraftEvents {
    std::function<void(const WideStep&)> onStep; ///< 1, 2, 4 and 8 tokens
    std::function<void(const DraftSpeed&)> onAnswer;
};

/// Measures a step of each width behind the prompt, then answers with and without guesses, in turn,
/// medians of `rounds`: one that copies the prompt, one that changes every sixth token of it, one
/// that shares no two tokens in a row with it, and one whose every third token is foretold wrongly.
/// The cache is reserved for prompt and answer. Throws Error{Cancelled}.
void measureDrafts(models::Phi4Decoder& decoder, std::int32_t vocabulary, models::DecoderMode mode,
                   const DraftOptions& options, const DraftEvents& events,
                   const std::stop_token& stop);

} // namespace phial::bench
