// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/retranscription_job.h"

#include "app/tasks/segmenter.h"
#include "inference/base/error.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace phial::meetings {

RetranscriptionJob::RetranscriptionJob(tasks::SoundSource sound, const Transcript& transcript,
                                       const std::vector<std::int64_t>& ids,
                                       TranscriptionOptions options, OnLine onLine)
    : m_sound(std::move(sound))
    , m_options(std::move(options))
    , m_onLine(std::move(onLine)) {
    if (transcript.rateHz != m_sound.sampleRateHz) {
        throw Error(ErrorCode::InvalidArgument,
                    "The transcript was made from another sound file; transcribe it anew.");
    }
    const auto longest =
        static_cast<std::int64_t>(tasks::kLongestSegmentSeconds * m_sound.sampleRateHz);
    for (const TranscriptSegment& line : transcript.segments) {
        const bool wanted = std::find(ids.begin(), ids.end(), line.id) != ids.end();
        if (wanted && line.endSample - line.startSample <= longest) {
            m_lines.push_back(line);
        }
    }
    m_all = m_lines.size();
}

/// Reads on to the end of the line. Lines of two channels may overlap, so what the next ones need
/// is kept.
bool RetranscriptionJob::hear(const TranscriptSegment& line, SpeechSegment& heard,
                              const std::stop_token& stop) {
    const auto width = static_cast<std::int64_t>(m_sound.channels);
    std::vector<float> block;
    while (!stop.stop_requested() &&
           m_keptFrom + static_cast<std::int64_t>(m_kept.size()) / width < line.endSample) {
        if (!m_sound.next(block)) {
            break;
        }
        m_kept.insert(m_kept.end(), block.begin(), block.end());
        const std::int64_t before = std::min(line.startSample - m_keptFrom,
                                             static_cast<std::int64_t>(m_kept.size()) / width);
        if (before > 0) {
            m_kept.erase(m_kept.begin(), m_kept.begin() + before * width);
            m_keptFrom += before;
        }
    }
    const auto named =
        std::find(m_options.channels.begin(), m_options.channels.end(), line.speaker);
    const bool separate = static_cast<std::int64_t>(m_options.channels.size()) == width &&
                          named != m_options.channels.end();
    const std::int64_t own = named - m_options.channels.begin();
    heard.startSample = line.startSample;
    heard.speechSamples = line.endSample - line.startSample;
    const std::int64_t end =
        std::min(line.endSample - m_keptFrom, static_cast<std::int64_t>(m_kept.size()) / width);
    for (std::int64_t i = line.startSample - m_keptFrom; i < end; ++i) {
        const auto frame = m_kept.begin() + i * width;
        heard.samples.push_back(separate ? *(frame + own)
                                         : std::accumulate(frame, frame + width, 0.0F) /
                                               static_cast<float>(width));
    }
    return !heard.samples.empty();
}

StepResult RetranscriptionJob::step(Engine& engine, std::stop_token stop) {
    if (m_lines.empty()) {
        return StepResult::Done;
    }
    const TranscriptSegment& line = m_lines.front();
    SpeechSegment speech;
    const bool there = hear(line, speech, stop);
    if (stop.stop_requested()) {
        return StepResult::Stopped;
    }
    if (there) {
        const std::optional<TranscriptSegment> heard =
            transcribeSegment(engine, speech, m_sound.sampleRateHz, m_options, {}, stop,
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
