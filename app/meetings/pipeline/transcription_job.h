// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/pipeline/job.h"
#include "app/meetings/pipeline/segment_transcriber.h"
#include "app/meetings/pipeline/speed_meter.h"
#include "app/meetings/pipeline/text_language.h"
#include "app/meetings/transcript.h"
#include "app/meetings/turn_finder.h"
#include "app/tasks/task.h"

#include <deque>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace phial::meetings {

/// Called from step(). Unset ones are skipped.
struct TranscriptionEvents {
    /// A finished line; it is in `transcript` already.
    std::function<void(const TranscriptSegment&)> onSegment;
    /// The line that is being written, from its beginning.
    std::function<void(std::string_view)> onPartialText;
    /// One sentence about damaged or missing sound, when the end is reached.
    std::function<void(const std::string&)> onNote;
    /// The meeting is certainly held in a language that the model does not understand when it is
    /// spoken: its English name, or kAnotherLanguage. Once.
    std::function<void(const std::string&)> onForeignLanguage;
    /// Save now: at most every few seconds, at the end, and when stopped.
    std::function<void(const Transcript&)> onSave;
};

/// Writes down a recording of any length: listens for speech, asks the model segment by segment,
/// and never gives it anything else. Several channels are mixed, or heard apart when there are
/// different people on each. Going on with a transcript that is not finished is exact: the sound
/// before Transcript::doneSamples is only listened to for speech, since the detector needs what
/// came before.
class TranscriptionJob final : public Job {
public:
    /// `transcript`: empty for a new one, or an unfinished one of the same recording.
    TranscriptionJob(tasks::SoundSource sound, Transcript transcript, TranscriptionOptions options,
                     TranscriptionEvents events, Now now);

    StepResult step(Engine& engine, std::stop_token stop) override;
    JobProgress progress() const override;

    const Transcript& transcript() const { return m_transcript; }

private:
    void fetch(const std::stop_token& stop);
    bool isWritten(const SpeechTurn& turn) const;
    std::string speakerOf(int channel) const;
    void save();
    void judgeLanguage(const TranscriptSegment& line);

    tasks::SoundSource m_sound;
    Transcript m_transcript;
    TranscriptionOptions m_options;
    TranscriptionEvents m_events;
    Now m_now;
    TurnFinder m_finder;
    ForeignSpeech m_foreign;
    std::deque<SpeechTurn> m_waiting;
    std::vector<float> m_block;
    std::int64_t m_resumeAt;
    std::int64_t m_heard = 0; ///< samples that came from the source
    bool m_atEnd = false;
    SpeedMeter m_speed;
    std::chrono::steady_clock::time_point m_savedAt;
};

} // namespace phial::meetings
