// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/speech_segmenter.h"
#include "app/meetings/transcript.h"
#include "app/tasks/requests.h"
#include "inference/engine/engine.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace phial::meetings {

struct TranscriptionOptions {
    std::string language;    ///< spoken, for the record; empty = not known
    std::string translateTo; ///< English name; empty = no translation
    std::string speaker;     ///< put on every segment: the channel's name
    /// Who is on which channel, when there are different people on each; empty = all channels are
    /// mixed. Used when the sound has that many.
    std::vector<std::string> channels;
};

/// How a segment is asked about.
enum class Asking {
    First, ///< the likeliest words, the same in every run
    Again, ///< once more by the user's wish: with silence around it and a little freedom, since the
           ///< likeliest words are known already
};

inline constexpr std::string_view kUnclear = "[unclear]";

/// Writes down one segment, with one retry when the answer cannot be one. An answer that is bad
/// twice becomes Unclear with the text "[unclear]"; more than 3 s of speech without any text become
/// a Gap. Nothing when it was stopped. `onText` gets the text as it grows, of a retry from its
/// beginning. Throws as Engine::generate(). Times in the result are samples of the segment's own
/// recording. `seed`: of the freedom.
std::optional<TranscriptSegment>
transcribeSegment(Engine& engine, const SpeechSegment& segment, int rateHz,
                  const TranscriptionOptions& options,
                  const std::function<void(std::string_view)>& onText, std::stop_token stop,
                  Asking asking = Asking::First, std::uint64_t seed = 1);

/// A segment as the model takes it: at most 30 s, with so much silence before and after it.
tasks::Clip clipOf(const SpeechSegment& segment, int rateHz, double paddingSeconds = 0);

/// Mean probability of the tokens, in [0, 1]; negative without tokens.
double confidenceOf(const GenerationResult& answer);

} // namespace phial::meetings
