// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/retranscription_job.h"

#include "inference/base/error.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace phial::meetings {

RetranscriptionJob::RetranscriptionJob(tasks::SoundSource sound, const Transcript& transcript,
                                       const std::vector<std::int64_t>& ids,
                                       TranscriptionOptions options, OnLine onLine)
    : m_sound(std::move(sound), options.channels)
    , m_options(std::move(options))
    , m_onLine(std::move(onLine)) {
    if (transcript.rateHz != m_sound.sampleRateHz()) {
        throw Error(ErrorCode::InvalidArgument,
                    "The transcript was made from another sound file; transcribe it anew.");
    }
    for (const TranscriptSegment& line : transcript.segments) {
        const bool wanted = std::find(ids.begin(), ids.end(), line.id) != ids.end();
        if (wanted && m_sound.isShortEnough(line)) {
            m_lines.push_back(line);
        }
    }
    m_all = m_lines.size();
}

StepResult RetranscriptionJob::step(Engine& engine, std::stop_token stop) {
    if (m_lines.empty()) {
        return StepResult::Done;
    }
    const TranscriptSegment& line = m_lines.front();
    const std::optional<SpeechSegment> speech = m_sound.of(line, stop);
    if (stop.stop_requested()) {
        return StepResult::Stopped;
    }
    if (speech) {
        const std::optional<TranscriptSegment> heard =
            transcribeSegment(engine, *speech, m_sound.sampleRateHz(), m_options, {}, stop,
                              Asking::Again, 1 + line.versions.size());
        if (!heard) {
            return StepResult::Stopped;
        }
        if (m_onLine) {
            m_onLine(line.id, *heard);
        }
    }
    m_lines.pop_front();
    return m_lines.empty() ? StepResult::Done : StepResult::More;
}

JobProgress RetranscriptionJob::progress() const {
    return {.done = static_cast<double>(m_all - m_lines.size()),
            .total = static_cast<double>(m_all)};
}

} // namespace phial::meetings
