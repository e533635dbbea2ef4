// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/speech_segmenter.h"
#include "app/meetings/transcript.h"
#include "inference/engine/engine.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace phial::meetings {

struct TranscriptionOptions {
    std::string language;    ///< spoken, for the record; empty = not known
    std::string translateTo; ///< English name; empty = no translation
    std::string speaker;     ///< put on every segment: the channel's name
};

inline constexpr std::string_view kUnclear = "[unclear]";

/// Writes down one segment, with one retry when the answer cannot be one. An answer that is bad
/// twice becomes Unclear with the text "[unclear]"; more than 3 s of speech without any text become
/// a Gap. Nothing when it was stopped. `onText` gets the text as it grows, of a retry from its
/// beginning. Throws as Engine::generate(). Times in the result are samples of the segment's own
/// recording.
std::optional<TranscriptSegment>
transcribeSegment(Engine& engine, const SpeechSegment& segment, int rateHz,
                  const TranscriptionOptions& options,
                  const std::function<void(std::string_view)>& onText, std::stop_token stop);

/// Mean probability of the tokens, in [0, 1]; negative without tokens.
double confidenceOf(const GenerationResult& answer);

} // namespace phial::meetings
