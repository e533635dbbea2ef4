// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/pipeline/job.h"
#include "app/meetings/pipeline/line_sound.h"
#include "app/meetings/transcript.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace phial::meetings {

/// Translates the lines of a transcript that have no translation yet, one at a time; or exactly the
/// given ones, again. Where the sound is there and the user did not change the line, the model
/// translates what it hears, which cannot carry a mistake of the transcript on; otherwise the text.
/// A translation that repeats itself is asked for once more and then left empty.
class TranslationJob final : public Job {
public:
    using OnLine = std::function<void(std::int64_t id, const std::string& translation)>;

    /// `ids` empty = all without translation. With another language than before all are done anew.
    /// `sound`: of this transcript's recording.
    TranslationJob(Transcript transcript, std::string language, const std::set<std::int64_t>& ids,
                   OnLine onLine, std::optional<LineSound> sound = {});

    StepResult step(Engine& engine, std::stop_token stop) override;
    JobProgress progress() const override;

    const Transcript& transcript() const { return m_transcript; }

private:
    Request requestFor(const TranscriptSegment& line, const std::stop_token& stop);

    Transcript m_transcript;
    std::string m_language;
    OnLine m_onLine;
    std::optional<LineSound> m_sound;
    std::vector<std::int64_t> m_ids;
    std::size_t m_next = 0;
};

} // namespace phial::meetings
