// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/pipeline/job.h"
#include "app/meetings/pipeline/line_sound.h"
#include "app/meetings/pipeline/segment_transcriber.h"
#include "app/meetings/transcript.h"
#include "app/tasks/task.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

namespace phial::meetings {

/// Listens to some lines of a transcript once more, one at a time, in order of time. Nothing is
/// overwritten: what a line said before becomes a version, and text of the user stays.
class RetranscriptionJob final : public Job {
public:
    /// A new answer for line `id`; its kind, text, translation and confidence count.
    using OnLine = std::function<void(std::int64_t id, const TranscriptSegment& heard)>;

    /// Ids that are not in the transcript, and lines that were merged beyond 30 s, are left out.
    RetranscriptionJob(tasks::SoundSource sound, const Transcript& transcript,
                       const std::vector<std::int64_t>& ids, TranscriptionOptions options,
                       OnLine onLine);

    StepResult step(Engine& engine, std::stop_token stop) override;
    JobProgress progress() const override;

private:
    LineSound m_sound;
    TranscriptionOptions m_options;
    OnLine m_onLine;
    std::deque<TranscriptSegment> m_lines; ///< still to be heard
    std::size_t m_all = 0;
};

} // namespace phial::meetings
