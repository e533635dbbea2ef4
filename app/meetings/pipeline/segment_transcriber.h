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
    /// What is spoken: one language is locked, of several each line may be in any; empty = any of
    /// the model's. English names.
    std::vector<std::string> languages;
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
/// twice becomes Unclear with the text "[unclear]" and the reason; more than 3 s of speech without
/// any text become a Gap. An answer that is certainly in none of the languages asked for is bad
/// too, but is kept as a version of the unclear line. Nothing when it was stopped. `onText` gets
/// the text as it grows, of a retry from its beginning. Throws as Engine::generate(). Times in the
/// result are samples of the segment's own recording. `seed`: of the freedom.
std::optional<TranscriptSegment>
transcribeSegment(Engine& engine, const SpeechSegment& segment, int rateHz,
                  const TranscriptionOptions& options,
                  const std::function<void(std::string_view)>& onText, std::stop_token stop,
                  Asking asking = Asking::First, std::uint64_t seed = 1);

/// The same, and what it said so little about that more than 3 s of speech must be missing is heard
/// once more in two halves, so that the part without text is found. Lines in order; none when it
/// was stopped.
std::optional<std::vector<TranscriptSegment>>
transcribeWhole(Engine& engine, const SpeechSegment& segment, int rateHz,
                const TranscriptionOptions& options,
                const std::function<void(std::string_view)>& onText, const std::stop_token& stop);

/// Seconds of speech that a text at least leaves out: what the slowest speaker would not have said
/// in it. Pure.
double missingSeconds(double speechSeconds, std::string_view text);

/// A segment as the model takes it: at most 30 s, with so much silence before and after it.
tasks::Clip clipOf(const SpeechSegment& segment, int rateHz, double paddingSeconds = 0);

/// Mean probability of the tokens, in [0, 1]; negative without tokens.
double confidenceOf(const GenerationResult& answer);

} // namespace phial::meetings
