// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/segment_transcriber.h"

#include "app/meetings/pipeline/answer_check.h"
#include "app/tasks/segmenter.h"

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

Request requestFor(const tasks::Clip& clip, const TranscriptionOptions& options) {
    return options.translateTo.empty() ? tasks::transcribe(clip)
                                       : tasks::transcribeAndTranslate(clip, options.translateTo);
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
    const GenerationResult answer = engine.generate(request, events, stop);
    result.stopped = answer.finishReason == FinishReason::Cancelled;
    tasks::TranscriptAndTranslation both = tasks::splitAtSeparator(answer.text);
    result.segment.text = std::move(both.transcript);
    result.segment.translation = options.translateTo.empty() ? "" : std::move(both.translation);
    result.segment.confidence = confidenceOf(answer);
    result.fault = judgeTranscript(result.segment.text, request.messages.back().text);
    if (result.fault == AnswerFault::None && !result.segment.translation.empty() &&
        repeatsItself(result.segment.translation)) {
        result.fault = AnswerFault::Repetition;
    }
    // The room for an answer is several times what the fastest speaker needs.
    if (result.fault == AnswerFault::None && answer.finishReason == FinishReason::TokenLimit) {
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
        line.kind = SegmentKind::Unclear;
        line.text = kUnclear;
        line.translation.clear();
    }
    line.startSample = segment.startSample;
    line.endSample = segment.startSample + static_cast<std::int64_t>(segment.samples.size());
    line.language = options.language;
    line.speaker = options.speaker;
    return line;
}

} // namespace phial::meetings
