// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/translation_job.h"

#include "app/meetings/pipeline/answer_check.h"
#include "app/meetings/pipeline/segment_transcriber.h"
#include "app/meetings/unicode_text.h"
#include "app/tasks/requests.h"
#include "app/tasks/spoken_answer.h"

#include <utility>

namespace phial::meetings {

TranslationJob::TranslationJob(Transcript transcript, std::string language,
                               const std::set<std::int64_t>& ids, OnLine onLine,
                               std::optional<LineSound> sound)
    : m_transcript(std::move(transcript))
    , m_language(std::move(language))
    , m_onLine(std::move(onLine))
    , m_sound(std::move(sound)) {
    const bool another = m_transcript.translationLanguage != m_language;
    for (TranscriptSegment& segment : m_transcript.segments) {
        const bool translatable = segment.kind == SegmentKind::Speech && !segment.text.empty();
        const bool wanted =
            ids.empty() ? another || segment.translation.empty() : ids.contains(segment.id);
        if (another) {
            segment.translation.clear();
        }
        if (translatable && wanted) {
            m_ids.push_back(segment.id);
        }
    }
    m_transcript.translationLanguage = m_language;
}

Request TranslationJob::requestFor(const TranscriptSegment& line, const std::stop_token& stop) {
    const bool asHeard = m_sound && !line.editedByUser && m_sound->isShortEnough(line) &&
                         m_transcript.rateHz == m_sound->sampleRateHz();
    const std::optional<SpeechSegment> speech =
        asHeard ? m_sound->of(line, stop) : std::optional<SpeechSegment>();
    return speech ? tasks::translateSpeech(clipOf(*speech, m_sound->sampleRateHz()), m_language)
                  : tasks::translateText(line.text, m_language);
}

StepResult TranslationJob::step(Engine& engine, std::stop_token stop) {
    if (m_next == m_ids.size()) {
        return StepResult::Done;
    }
    TranscriptSegment* segment = findSegment(m_transcript, m_ids[m_next]);
    Request request = requestFor(*segment, stop);
    if (stop.stop_requested()) {
        return StepResult::Stopped;
    }
    constexpr int kTries = 2;
    std::string translation;
    for (int i = 0; i < kTries; ++i) {
        const auto [answer, circled] = tasks::answerSpoken(engine, request, {}, stop);
        if (answer.finishReason == FinishReason::Cancelled) {
            return StepResult::Stopped;
        }
        if (!circled &&
            judgeTranscript(answer.text, request.messages.back().text) == AnswerFault::None) {
            translation = plainText(answer.text);
            break;
        }
        request.sampling.temperature = 0.4F;
        request.sampling.seed = 1;
    }
    segment->translation = std::move(translation);
    if (m_onLine) {
        m_onLine(segment->id, segment->translation);
    }
    ++m_next;
    return m_next == m_ids.size() ? StepResult::Done : StepResult::More;
}

JobProgress TranslationJob::progress() const {
    return {.done = static_cast<double>(m_next), .total = static_cast<double>(m_ids.size())};
}

} // namespace phial::meetings
