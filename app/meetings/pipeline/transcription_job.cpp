// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/transcription_job.h"

#include <algorithm>
#include <utility>

namespace phial::meetings {
namespace {

constexpr std::chrono::seconds kSaveEvery{5};
/// Longest stretch that one step listens to without finding speech: about a third of a second of
/// work, so that others may have the engine and the progress moves on.
constexpr std::int64_t kListenSeconds = 60;

Channels kindOf(const tasks::SoundSource& sound, const TranscriptionOptions& options) {
    const bool separate = options.channels.size() > 1 &&
                          options.channels.size() == static_cast<std::size_t>(sound.channels);
    return separate ? Channels::Separate : Channels::Mixed;
}

} // namespace

TranscriptionJob::TranscriptionJob(tasks::SoundSource sound, Transcript transcript,
                                   TranscriptionOptions options, TranscriptionEvents events,
                                   Now now)
    : m_sound(std::move(sound))
    , m_transcript(std::move(transcript))
    , m_options(std::move(options))
    , m_events(std::move(events))
    , m_now(std::move(now))
    , m_finder(m_sound.sampleRateHz, m_sound.channels, kindOf(m_sound, m_options))
    , m_resumeAt(m_transcript.doneSamples)
    , m_savedAt(m_now()) {
    m_transcript.rateHz = m_sound.sampleRateHz;
    m_transcript.translationLanguage = m_options.translateTo;
    m_speed.add(m_savedAt, m_transcript.seconds(m_resumeAt));
    for (const TranscriptSegment& line : m_transcript.segments) {
        judgeLanguage(line);
    }
}

void TranscriptionJob::judgeLanguage(const TranscriptSegment& line) {
    // What was heard in another language than the chosen one is not shown, but kept.
    const bool kept =
        line.kind == SegmentKind::Unclear && line.reason == UnclearReason::OtherLanguage;
    const std::string language =
        m_foreign.hear(kept && !line.versions.empty() ? line.versions.back().text : line.text);
    if (!language.empty() && m_events.onForeignLanguage) {
        m_events.onForeignLanguage(language);
    }
}

/// Listens on until there is speech that was not written down yet, or the end, or for a while.
void TranscriptionJob::fetch(const std::stop_token& stop) {
    const std::int64_t until = m_heard + kListenSeconds * m_sound.sampleRateHz;
    while (m_waiting.empty() && !m_atEnd && m_heard < until && !stop.stop_requested()) {
        std::vector<SpeechTurn> found;
        if (m_sound.next(m_block)) {
            m_heard += static_cast<std::int64_t>(m_block.size()) / m_sound.channels;
            found = m_finder.push(m_block);
        } else {
            found = m_finder.finish();
            m_atEnd = true;
            const std::string note = m_sound.note ? m_sound.note() : "";
            if (!note.empty() && m_events.onNote) {
                m_events.onNote(note);
            }
        }
        for (SpeechTurn& turn : found) {
            if (!isWritten(turn)) {
                m_waiting.push_back(std::move(turn));
            }
        }
    }
}

bool TranscriptionJob::isWritten(const SpeechTurn& turn) const {
    const std::int64_t start = turn.speech.startSample;
    if (start < m_resumeAt || m_options.channels.empty()) {
        return start < m_resumeAt;
    }
    // Behind the place up to which everything is done there may be lines of one channel.
    return std::any_of(m_transcript.segments.begin(), m_transcript.segments.end(),
                       [&](const TranscriptSegment& line) {
                           return line.startSample == start &&
                                  line.speaker == speakerOf(turn.channel);
                       });
}

std::string TranscriptionJob::speakerOf(int channel) const {
    const auto index = static_cast<std::size_t>(channel);
    const bool separate = kindOf(m_sound, m_options) == Channels::Separate;
    return separate ? m_options.channels[index] : m_options.speaker;
}

StepResult TranscriptionJob::step(Engine& engine, std::stop_token stop) {
    fetch(stop);
    if (stop.stop_requested()) {
        save();
        return StepResult::Stopped;
    }
    if (m_waiting.empty() && !m_atEnd) {
        m_transcript.doneSamples =
            std::max(m_transcript.doneSamples, std::min(m_heard, m_finder.nextStartAtLeast()));
        return StepResult::More;
    }
    if (m_waiting.empty()) {
        m_transcript.samples = m_heard;
        m_transcript.doneSamples = m_heard;
        save();
        return StepResult::Done;
    }
    try {
        const SpeechTurn& turn = m_waiting.front();
        TranscriptionOptions options = m_options;
        options.speaker = speakerOf(turn.channel);
        std::optional<std::vector<TranscriptSegment>> lines = transcribeWhole(
            engine, turn.speech, m_sound.sampleRateHz, options, m_events.onPartialText, stop);
        if (!lines) {
            save();
            return StepResult::Stopped;
        }
        m_waiting.pop_front();
        const std::int64_t next =
            m_waiting.empty() ? m_finder.nextStartAtLeast() : m_waiting.front().speech.startSample;
        m_transcript.doneSamples =
            std::max(m_transcript.doneSamples, std::min(lines->back().endSample, next));
        m_transcript.samples = std::max(m_transcript.samples, m_heard);
        for (TranscriptSegment& line : *lines) {
            if (line.kind == SegmentKind::Speech && line.text.empty()) {
                continue;
            }
            judgeLanguage(line);
            const std::int64_t id = addSegment(m_transcript, std::move(line));
            if (m_events.onSegment) {
                m_events.onSegment(*findSegment(std::as_const(m_transcript), id));
            }
        }
    } catch (...) {
        save(); // what is done outlives a lost device
        throw;
    }
    const auto now = m_now();
    m_speed.add(now, m_transcript.seconds(m_transcript.doneSamples));
    if (now - m_savedAt >= kSaveEvery) {
        save();
    }
    return StepResult::More;
}

void TranscriptionJob::save() {
    m_savedAt = m_now();
    if (m_events.onSave) {
        m_events.onSave(m_transcript);
    }
}

JobProgress TranscriptionJob::progress() const {
    JobProgress progress;
    progress.done = m_transcript.seconds(m_transcript.doneSamples);
    progress.total = std::max(m_sound.seconds, progress.done);
    progress.speed = m_speed.speed().value_or(0);
    progress.secondsLeft = m_speed.secondsLeft(progress.total).value_or(-1);
    return progress;
}

} // namespace phial::meetings
