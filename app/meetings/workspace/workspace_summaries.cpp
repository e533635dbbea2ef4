// SPDX-License-Identifier: MIT
// Summaries of a workspace: made by jobs, changed by the user, kept with their versions.
#include "app/meetings/pipeline/summarizer.h"
#include "app/meetings/pipeline/summary_file.h"
#include "app/meetings/workspace/meeting_sound.h"
#include "app/meetings/workspace/workspace.h"
#include "app/recorder/recorder.h"
#include "inference/base/atomic_file.h"
#include "inference/base/clock_text.h"
#include "inference/base/error.h"

#include <array>
#include <utility>

namespace phial::meetings {
namespace {

constexpr const char* kNotesCache = "summary-cache.json";

constexpr std::array<std::pair<std::string_view, SummaryTemplate>, 5> kTemplates{{
    {"minutes", SummaryTemplate::Minutes},
    {"decisions", SummaryTemplate::Decisions},
    {"actions", SummaryTemplate::ActionItems},
    {"questions", SummaryTemplate::Questions},
    {"paragraph", SummaryTemplate::OneParagraph},
}};

} // namespace

std::optional<SummaryTemplate> templateNamed(std::string_view name) {
    for (const auto& [known, kind] : kTemplates) {
        if (known == name) {
            return kind;
        }
    }
    return std::nullopt;
}

class Workspace::SummarizeWork final : public Job {
public:
    SummarizeWork(Workspace& workspace, const JobSpec& spec, MeetingEntry meeting)
        : m_workspace(workspace)
        , m_spec(spec)
        , m_meeting(std::move(meeting))
        , m_cache(readCache())
        , m_job(m_workspace.m_store.readTranscript(m_meeting.folder)
                    .value_or(Transcript{.rateHz = 1}),
                request(), m_cache, sound()) {}

    StepResult step(Engine& engine, std::stop_token stop) override {
        const std::size_t notes = m_cache.size();
        const StepResult result = m_job.step(engine, std::move(stop));
        if (m_cache.size() != notes) {
            writeAtomically(m_meeting.folder / kNotesCache, notesCacheJson(m_cache));
        }
        if (result == StepResult::Done) {
            m_workspace.editSummary(m_spec.meeting, name(), [this](SummaryRecord& record) {
                m_spec.part.empty() ? takeAll(record) : takePart(record);
                return true;
            });
        }
        return result;
    }

    JobProgress progress() const override { return m_job.progress(); }

private:
    std::string name() const { return templateNamed(m_spec.detail) ? m_spec.detail : "own"; }

    SummaryPart part() const {
        const std::int64_t line = m_spec.lines.empty() ? 0 : m_spec.lines.front();
        return {.line = static_cast<std::size_t>(line), .text = m_spec.part};
    }

    /// What is to be made again, as it is now; empty = all.
    std::string partText() const {
        if (m_spec.part.empty()) {
            return {};
        }
        const std::string text =
            editableText(readSummary(m_meeting.folder, name()).summary, part());
        if (text.empty()) {
            throw Error(ErrorCode::InvalidArgument,
                        "The part that was to be made again is no longer in the summary.");
        }
        return text;
    }

    void takeAll(SummaryRecord& record) const {
        const Summary& made = m_job.summary();
        if (made.lines.empty() && !record.summary.lines.empty()) {
            throw Error(ErrorCode::InvalidArgument,
                        "The model gave no usable summary; the one that was there is kept. Try "
                        "again, or choose another kind of summary.");
        }
        replaceByModel(record, made, recorder::utcNow());
        record.instruction = templateNamed(m_spec.detail) ? std::string() : m_spec.detail;
        record.language = m_spec.language;
    }

    void takePart(SummaryRecord& record) const {
        if (!replacePart(record, part(), m_job.summary(), recorder::utcNow())) {
            throw Error(ErrorCode::InvalidArgument,
                        editableText(record.summary, part()).empty()
                            ? "The part that was to be made again was changed meanwhile; nothing "
                              "was replaced. Make it again from the summary as it is now."
                            : "The model gave nothing usable for this part; what was there is "
                              "kept. Try again, or edit it.");
        }
    }

    NotesCache readCache() const {
        const std::filesystem::path file = m_meeting.folder / kNotesCache;
        return std::filesystem::exists(file) ? notesCacheFromJson(readFile(file)) : NotesCache();
    }

    /// Only of recordings that may be heard in one piece; the transcript alone will do where the
    /// sound is gone.
    std::optional<tasks::SoundSource> sound() const {
        const MeetingMeta& meta = m_meeting.meta;
        if (meta.audio.empty() || meta.seconds > kLongestHeardSeconds) {
            return std::nullopt;
        }
        try {
            return soundOf(m_meeting);
        } catch (const Error&) {
            return std::nullopt;
        }
    }

    SummaryRequest request() const {
        const std::optional<SummaryTemplate> kind = templateNamed(m_spec.detail);
        const bool same = m_spec.language.empty() || m_spec.language == m_meeting.meta.language;
        return {.kind = kind.value_or(SummaryTemplate::Custom),
                .custom = kind ? "" : m_spec.detail,
                .language = m_spec.language,
                .same = same ? SameLanguage::Yes : SameLanguage::No,
                .userNotes = userNotes(),
                .part = partText()};
    }

    /// What the user wrote about the meeting, and what he noted and marked while it was recorded.
    std::string userNotes() const {
        std::string notes = m_workspace.m_store.readNotes(m_meeting.folder);
        std::string journal;
        try {
            journal = readFile(m_meeting.folder / "journal.jsonl");
        } catch (const Error&) {
            return notes; // an imported meeting has none
        }
        for (const recorder::JournalMark& mark :
             recorder::marksOf(recorder::parseJournal(journal))) {
            if (mark.entry.kind != recorder::EntryKind::GapEnd) {
                const std::string& what = mark.entry.text;
                notes += (notes.empty() || notes.back() == '\n' ? "" : "\n") +
                         clockText(mark.seconds) + ' ' +
                         (what.empty() ? "marked as important" : what) + '\n';
            }
        }
        return notes;
    }

    Workspace& m_workspace;
    JobSpec m_spec;
    MeetingEntry m_meeting;
    NotesCache m_cache;
    SummaryJob m_job;
};

std::unique_ptr<Job> Workspace::makeSummarizeWork(const JobSpec& spec, MeetingEntry meeting) {
    return std::make_unique<SummarizeWork>(*this, spec, std::move(meeting));
}

bool Workspace::editSummary(const std::string& meeting, const std::string& name,
                            const std::function<bool(SummaryRecord&)>& how) {
    const MeetingEntry entry = entryOf(meeting);
    {
        const std::scoped_lock lock(m_mutex);
        SummaryRecord record = readSummary(entry.folder, name);
        if (!how(record)) {
            return false;
        }
        saveSummary(entry.folder, name, record, entry.meta.title);
    }
    if (m_events.onSummary) {
        m_events.onSummary(meeting, entry.folder / ("summary-" + name + ".md"));
    }
    return true;
}

} // namespace phial::meetings
