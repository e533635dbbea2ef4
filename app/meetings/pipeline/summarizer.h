// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/pipeline/job.h"
#include "app/meetings/pipeline/summary_text.h"
#include "app/meetings/transcript.h"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace phial::meetings {

/// Notes of parts by a hash of what the model was given: a second template of the same meeting is
/// then cheap. Plain data, to be kept beside the meeting.
using NotesCache = std::map<std::string, std::string>;

/// JSON of a cache; unreadable text is an empty cache.
std::string notesCacheJson(const NotesCache& cache);
NotesCache notesCacheFromJson(const std::string& json);

struct SummaryRequest {
    SummaryTemplate kind = SummaryTemplate::Minutes;
    std::string custom;   ///< of SummaryTemplate::Custom
    std::string language; ///< English name, independent of the spoken one; empty = as spoken
    SameLanguage same = SameLanguage::Yes; ///< whether the summary is in the spoken language
    std::string userNotes;                 ///< the user's own notes, given to the final form
};

/// Summarizes a transcript of any length. What fits into 60 % of the context goes in one piece;
/// longer ones are divided near every tenth minute (with 15 s in common), noted down part by part,
/// joined pairwise, and brought into the final form. Before every call the prompt is measured, and
/// divided again when it does not fit, so no instruction is ever cut off. A part that fails twice
/// is left out and named in Summary::problems.
class SummaryJob final : public Job {
public:
    /// `cache` must outlive the job.
    SummaryJob(Transcript transcript, SummaryRequest request, NotesCache& cache);

    SummaryJob(const SummaryJob&) = delete; // m_spoken points into m_transcript
    SummaryJob& operator=(const SummaryJob&) = delete;

    StepResult step(Engine& engine, std::stop_token stop) override;
    JobProgress progress() const override;

    /// After Done.
    const Summary& summary() const { return m_summary; }

private:
    enum class Stage { Planning, Notes, Merging, Final, Done };

    /// Segments [first, last) of m_spoken.
    struct Part {
        std::size_t first = 0;
        std::size_t last = 0;
    };

    /// The answer; nothing when stopped or twice unusable (m_stopped tells).
    std::string ask(Engine& engine, const std::string& prompt, int maxTokens,
                    const std::stop_token& stop);
    bool fits(const Engine& engine, const std::string& prompt, int answer) const;
    int answerTokens(const Engine& engine) const;
    std::string textOf(const Part& part) const;
    std::string finalPrompt(const std::string& text) const;
    void plan(const Engine& engine);
    void takeNotes(Engine& engine, const std::stop_token& stop);
    void merge(Engine& engine, const std::stop_token& stop);
    void finish(Engine& engine, const std::stop_token& stop);
    void nameMissing(const Part& part, const std::string& why);

    Transcript m_transcript;
    SummaryRequest m_request;
    NotesCache& m_cache;
    std::vector<const TranscriptSegment*> m_spoken; ///< those with text
    Stage m_stage = Stage::Planning;
    std::deque<Part> m_parts; ///< still to be noted down
    std::vector<std::string> m_notes;
    std::vector<std::string> m_merged; ///< of the round that is going on
    std::string m_source;              ///< what the final form is made from
    std::size_t m_partsInAll = 0;
    bool m_stopped = false;
    Summary m_summary;
};

} // namespace phial::meetings
