// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/pipeline/job.h"
#include "app/meetings/pipeline/speech_clip.h"
#include "app/meetings/pipeline/summary_text.h"
#include "app/meetings/transcript.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace phial::meetings {

/// Notes of parts by a hash of the model's name and of what it was given: a second template of the
/// same meeting is then cheap. Plain data, to be kept beside the meeting.
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
    std::string part; ///< only this part of an earlier summary is made again; empty = all of it
};

/// The longest recording that the model may be asked about as it is heard: it was trained up to
/// that.
inline constexpr double kLongestHeardSeconds = 30 * 60;

/// Summarizes a meeting of any length. Where the sound is given, is no longer than 30 minutes, and
/// its speech fits the context (which is the memory that was set aside) beside the transcript, the
/// model hears it and reads the lines that it may name; without a transcript it only hears it.
/// Otherwise the transcript is read: what fits into 60 % of the context goes in one piece; longer
/// ones are divided near every tenth minute (with 15 s in common), noted down part by part, joined
/// pairwise, and brought into the final form. Before every call the prompt is measured, and divided
/// again when it does not fit, so no instruction is ever cut off. A part that fails twice is left
/// out and named in Summary::problems.
class SummaryJob final : public Job {
public:
    /// `cache` must outlive the job. `sound`: of the whole recording, from its beginning.
    SummaryJob(Transcript transcript, SummaryRequest request, NotesCache& cache,
               std::optional<tasks::SoundSource> sound = {});

    SummaryJob(const SummaryJob&) = delete; // m_spoken points into m_transcript
    SummaryJob& operator=(const SummaryJob&) = delete;

    StepResult step(Engine& engine, std::stop_token stop) override;
    JobProgress progress() const override;

    /// After Done.
    const Summary& summary() const { return m_summary; }

private:
    enum class Stage { Listening, Hearing, Planning, Notes, Merging, Final, Done };

    /// Segments [first, last) of m_spoken.
    struct Part {
        std::size_t first = 0;
        std::size_t last = 0;
    };

    /// What is known of a stretch of the meeting.
    struct Notes {
        std::string text;
        double fromSeconds = 0;
        double toSeconds = 0;
    };

    /// The answer; nothing when stopped or twice unusable (m_stopped tells).
    std::string ask(Engine& engine, const std::string& prompt, int maxTokens,
                    const std::stop_token& stop, const tasks::Clip& clip = nullptr);
    void listen(const Engine& engine, const std::stop_token& stop);
    void hear(Engine& engine, const std::stop_token& stop);
    void readInstead();
    std::string heardPrompt() const;
    bool canHear(const Engine& engine) const;
    bool fits(const Engine& engine, const std::string& prompt, int answer) const;
    int answerTokens(const Engine& engine) const;
    std::string textOf(const Part& part) const;
    std::string instructions(Citing citing) const;
    std::string finalPrompt(const std::string& text) const;
    void plan(const Engine& engine);
    void takeNotes(Engine& engine, const std::stop_token& stop);
    void merge(Engine& engine, const std::stop_token& stop);
    void finish(Engine& engine, const std::stop_token& stop);
    void conclude(const std::string& answer);
    double beginOf(const Part& part) const;
    double endOf(const Part& part) const;
    void nameMissing(double fromSeconds, double toSeconds, const std::string& why);

    Transcript m_transcript;
    SummaryRequest m_request;
    NotesCache& m_cache;
    std::optional<SpeechClip> m_heard;              ///< nothing when the transcript is read
    std::vector<const TranscriptSegment*> m_spoken; ///< those with text
    Stage m_stage = Stage::Listening;
    std::deque<Part> m_parts; ///< still to be noted down
    std::vector<Notes> m_notes;
    std::vector<Notes> m_merged; ///< of the round that is going on
    std::string m_source;        ///< what the final form is made from
    std::size_t m_partsInAll = 0;
    bool m_stopped = false;
    Summary m_summary;
};

} // namespace phial::meetings
