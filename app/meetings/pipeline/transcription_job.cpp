// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/transcription_job.h"

#include <algorithm>
#include <utility>

namespace phial::meetings {
namespace {

constexpr std::chrono::seconds kSaveEvery{5};

void mixDown(std::vector<float>& block, int channels) {
    if (channels == 1) {
        return;
    }
    const auto width = static_cast<std::size_t>(channels);
    const std::size_t frames = block.size() / width;
    for (std::size_t i = 0; i < frames; ++i) {
        float sum = 0;
        for (std::size_t c = 0; c < width; ++c) {
            sum += block[i * width + c];
        }
        block[i] = sum / static_cast<float>(channels);
    }
    block.resize(frames);
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
    , m_segmenter(m_sound.sampleRateHz, makeSpectralVad(m_sound.sampleRateHz))
    , m_resumeAt(m_transcript.doneSamples)
    , m_savedAt(m_now()) {
    m_transcript.rateHz = m_sound.sampleRateHz;
    m_transcript.translationLanguage = m_options.translateTo;
    m_speed.add(m_savedAt, m_transcript.seconds(m_resumeAt));
}

/// Listens on until there is speech that was not written down yet, or the end.
void TranscriptionJob::fetch(const std::stop_token& stop) {
    while (m_waiting.empty() && !m_atEnd && !stop.stop_requested()) {
        std::vector<SpeechSegment> found;
        if (m_sound.next(m_block)) {
            mixDown(m_block, m_sound.channels);
            m_heard += static_cast<std::int64_t>(m_block.size());
            found = m_segmenter.push(m_block);
        } else {
            found = m_segmenter.finish();
            m_atEnd = true;
        }
        for (SpeechSegment& segment : found) {
            if (segment.startSample >= m_resumeAt) {
                m_waiting.push_back(std::move(segment));
            }
        }
    }
}

StepResult TranscriptionJob::step(Engine& engine, std::stop_token stop) {
    fetch(stop);
    if (stop.stop_requested()) {
        save();
        return StepResult::Stopped;
    }
    if (m_waiting.empty()) {
        m_transcript.samples = m_heard;
        m_transcript.doneSamples = m_heard;
        save();
        return StepResult::Done;
    }
    try {
        std::optional<TranscriptSegment> line =
            transcribeSegment(engine, m_waiting.front(), m_sound.sampleRateHz, m_options,
                              m_events.onPartialText, stop);
        if (!line) {
            save();
            return StepResult::Stopped;
        }
        m_transcript.doneSamples = line->endSample;
        m_transcript.samples = std::max(m_transcript.samples, m_heard);
        m_waiting.pop_front();
        if (line->kind != SegmentKind::Speech || !line->text.empty()) {
            const std::int64_t id = addSegment(m_transcript, std::move(*line));
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
