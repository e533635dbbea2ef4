// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/segment_transcriber.h"

#include "app/meetings/pipeline/answer_check.h"
#include "app/meetings/pipeline/text_language.h"
#include "app/meetings/unicode_text.h"
#include "app/tasks/segmenter.h"
#include "app/tasks/spoken_answer.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace phial::meetings {
namespace {

constexpr double kCoverageSeconds = 3;
/// Silence around the segment changes what the model hears just enough to leave a loop.
constexpr double kPaddingSeconds = 0.5;
constexpr float kRetryTemperature = 0.4F;
/// Slower than anybody speaks, pauses not counted; Chinese and Japanese letters are syllables.
constexpr double kSlowestLettersPerSecond = 2;
constexpr double kSlowestSyllablesPerSecond = 1;
/// A drawn out "yes" or a cough may fill less.
constexpr double kJudgedFromSeconds = 8;

Request requestFor(const tasks::Clip& clip, const TranscriptionOptions& options) {
    return options.translateTo.empty() ? tasks::transcribe(clip)
                                       : tasks::transcribeAndTranslate(clip, options.translateTo);
}

/// Whether a text is certainly in a language that was not asked for.
bool isInAnother(const std::string& language, const std::vector<std::string>& wanted) {
    return !wanted.empty() && !language.empty() &&
           std::find(wanted.begin(), wanted.end(), language) == wanted.end();
}

UnclearReason reasonOf(AnswerFault fault) {
    switch (fault) {
    case AnswerFault::Repetition:
        return UnclearReason::Repetition;
    case AnswerFault::Refusal:
        return UnclearReason::Refusal;
    case AnswerFault::Echo:
        return UnclearReason::Echo;
    case AnswerFault::OtherLanguage:
        return UnclearReason::OtherLanguage;
    case AnswerFault::None:
    case AnswerFault::Empty:
        break;
    }
    return UnclearReason::NotKnown;
}

struct Attempt {
    TranscriptSegment segment;
    AnswerFault fault = AnswerFault::None;
    bool stopped = false;
};

Attempt attempt(Engine& engine, const Request& request, const TranscriptionOptions& options,
                const std::function<void(std::string_view)>& onText, const std::stop_token& stop) {
    Attempt result;
    std::string all;
    GenerationEvents events;
    events.onText = [&](std::string_view piece) {
        all += piece;
        if (onText) {
            onText(all);
        }
        return true;
    };
    const tasks::SpokenAnswer spoken = tasks::answerSpoken(engine, request, events, stop);
    const GenerationResult& answer = spoken.generation;
    result.stopped = answer.finishReason == FinishReason::Cancelled;
    tasks::TranscriptAndTranslation both = tasks::splitAtSeparator(plainText(answer.text));
    result.segment.text = std::move(both.transcript);
    result.segment.translation = options.translateTo.empty() ? "" : std::move(both.translation);
    result.segment.confidence = confidenceOf(answer);
    result.fault = judgeTranscript(result.segment.text, request.messages.back().text);
    if (result.fault == AnswerFault::None && !result.segment.translation.empty() &&
        repeatsItself(result.segment.translation)) {
        result.fault = AnswerFault::Repetition;
    }
    result.segment.language = languageOfText(result.segment.text);
    if (result.fault == AnswerFault::None &&
        isInAnother(result.segment.language, options.languages)) {
        result.fault = AnswerFault::OtherLanguage;
    }
    // The room for an answer is several times what the fastest speaker needs.
    if (result.fault == AnswerFault::None &&
        (spoken.circled || answer.finishReason == FinishReason::TokenLimit)) {
        result.fault = AnswerFault::Repetition;
    }
    return result;
}

} // namespace

tasks::Clip clipOf(const SpeechSegment& segment, int rateHz, double paddingSeconds) {
    auto clip = std::make_shared<AudioClip>();
    clip->sampleRateHz = rateHz;
    const auto silence = static_cast<std::size_t>(paddingSeconds * rateHz);
    // The segment must stay within what the model was trained on.
    const std::size_t length =
        std::min(segment.samples.size(),
                 static_cast<std::size_t>(tasks::kLongestSegmentSeconds * rateHz) - 2 * silence);
    clip->samples.assign(silence, 0.0F);
    clip->samples.insert(clip->samples.end(), segment.samples.begin(),
                         segment.samples.begin() + static_cast<std::ptrdiff_t>(length));
    clip->samples.insert(clip->samples.end(), silence, 0.0F);
    return clip;
}

double confidenceOf(const GenerationResult& answer) {
    if (answer.logProbabilities.empty()) {
        return -1;
    }
    double sum = 0;
    for (const float logProbability : answer.logProbabilities) {
        sum += std::exp(static_cast<double>(logProbability));
    }
    return std::clamp(sum / static_cast<double>(answer.logProbabilities.size()), 0.0, 1.0);
}

std::optional<TranscriptSegment>
transcribeSegment(Engine& engine, const SpeechSegment& segment, int rateHz,
                  const TranscriptionOptions& options,
                  const std::function<void(std::string_view)>& onText, std::stop_token stop,
                  Asking asking, std::uint64_t seed) {
    const bool again = asking == Asking::Again;
    Request request = requestFor(clipOf(segment, rateHz, again ? kPaddingSeconds : 0), options);
    if (again) {
        request.sampling.temperature = kRetryTemperature;
        request.sampling.seed = seed;
    }
    Attempt result = attempt(engine, request, options, onText, stop);
    const double speech = static_cast<double>(segment.speechSamples) / rateHz;
    const bool worthARetry = result.fault == AnswerFault::Empty ? speech > kCoverageSeconds
                                                                : result.fault != AnswerFault::None;
    if (!result.stopped && worthARetry) {
        request = requestFor(clipOf(segment, rateHz, kPaddingSeconds), options);
        request.sampling.temperature = kRetryTemperature;
        // Not by chance, so that the same recording gives the same transcript.
        request.sampling.seed = seed + (again ? 1 : 0);
        result = attempt(engine, request, options, onText, stop);
    }
    if (result.stopped) {
        return std::nullopt;
    }
    TranscriptSegment& line = result.segment;
    if (result.fault == AnswerFault::Empty) {
        line.kind = speech > kCoverageSeconds ? SegmentKind::Gap : SegmentKind::Speech;
        line.text.clear();
        line.translation.clear();
    } else if (result.fault != AnswerFault::None) {
        if (result.fault == AnswerFault::OtherLanguage) {
            // Somebody may have changed the language; what was heard can be taken back.
            line.versions.push_back({.text = line.text, .translation = line.translation});
        }
        line.kind = SegmentKind::Unclear;
        line.reason = reasonOf(result.fault);
        line.text = kUnclear;
        line.translation.clear();
    }
    line.startSample = segment.startSample;
    line.endSample = segment.startSample + static_cast<std::int64_t>(segment.samples.size());
    if (options.languages.size() == 1) {
        line.language = options.languages.front();
    } else if (line.language == kAnotherLanguage) {
        line.language.clear();
    }
    line.speaker = options.speaker;
    return line;
}

double missingSeconds(double speechSeconds, std::string_view text) {
    double letters = 0;
    double syllables = 0;
    for (const char32_t letter : codePoints(text)) {
        if (isUnspacedScript(letter)) {
            ++syllables;
        } else if (letter > 0x20) {
            ++letters;
        }
    }
    return std::max(speechSeconds - letters / kSlowestLettersPerSecond -
                        syllables / kSlowestSyllablesPerSecond,
                    0.0);
}

namespace {

/// The quietest tenth of a second in the middle third, where a pause is likeliest.
std::size_t quietPlace(const std::vector<float>& samples, int rateHz) {
    const auto window = static_cast<std::size_t>(std::max(rateHz / 10, 1));
    std::size_t best = samples.size() / 2;
    double least = -1;
    for (std::size_t at = samples.size() / 3; at + window <= samples.size() * 2 / 3;
         at += window / 2) {
        double sum = 0;
        for (std::size_t i = at; i < at + window; ++i) {
            sum += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
        }
        if (least < 0 || sum < least) {
            least = sum;
            best = at + window / 2;
        }
    }
    return best;
}

SpeechSegment pieceOf(const SpeechSegment& whole, std::size_t from, std::size_t to) {
    SpeechSegment piece;
    piece.startSample = whole.startSample + static_cast<std::int64_t>(from);
    piece.samples.assign(whole.samples.begin() + static_cast<std::ptrdiff_t>(from),
                         whole.samples.begin() + static_cast<std::ptrdiff_t>(to));
    piece.speechSamples = whole.speechSamples * static_cast<std::int64_t>(to - from) /
                          static_cast<std::int64_t>(whole.samples.size());
    return piece;
}

} // namespace

std::optional<std::vector<TranscriptSegment>>
transcribeWhole(Engine& engine, const SpeechSegment& segment, int rateHz,
                const TranscriptionOptions& options,
                const std::function<void(std::string_view)>& onText, const std::stop_token& stop) {
    std::optional<TranscriptSegment> line =
        transcribeSegment(engine, segment, rateHz, options, onText, stop);
    if (!line) {
        return std::nullopt;
    }
    const double speech = static_cast<double>(segment.speechSamples) / rateHz;
    const double missing = missingSeconds(speech, line->text);
    if (line->kind != SegmentKind::Speech || speech < kJudgedFromSeconds ||
        missing <= kCoverageSeconds) {
        return std::vector{*std::move(line)};
    }
    const std::size_t middle = quietPlace(segment.samples, rateHz);
    std::vector<TranscriptSegment> halves;
    double missingInHalves = 0;
    for (const SpeechSegment& half :
         {pieceOf(segment, 0, middle), pieceOf(segment, middle, segment.samples.size())}) {
        std::optional<TranscriptSegment> heard =
            transcribeSegment(engine, half, rateHz, options, onText, stop);
        if (!heard) {
            return std::nullopt;
        }
        const bool hasText = heard->kind == SegmentKind::Speech;
        missingInHalves += missingSeconds(static_cast<double>(half.speechSamples) / rateHz,
                                          hasText ? heard->text : std::string());
        halves.push_back(*std::move(heard));
    }
    if (missingInHalves >= missing) {
        line->confidence = 0; // shown as uncertain; the halves know no more
        return std::vector{*std::move(line)};
    }
    return halves;
}

} // namespace phial::meetings
