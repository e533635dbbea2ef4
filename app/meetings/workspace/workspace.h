// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/library_index.h"
#include "app/meetings/meeting_store.h"
#include "app/meetings/pipeline/job.h"
#include "app/meetings/pipeline/job_queue.h"
#include "app/meetings/pipeline/summary_record.h"
#include "app/meetings/pipeline/summary_text.h"
#include "app/recorder/journal.h"
#include "app/recorder/recorder_session.h"
#include "app/recorder/recovery.h"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace phial::meetings {

class GatheredChanges;

/// What a window wants to know while jobs run. Called on the thread of the job. Unset ones are
/// skipped.
struct WorkspaceEvents {
    std::function<void(const std::string& meeting)> onTranscriptChanged; ///< saved
    std::function<void(const std::string& meeting, std::string_view)> onPartialText;
    /// A line was written down; the next save holds it.
    std::function<void(const std::string& meeting, const TranscriptSegment&)> onLine;
    /// One sentence about damaged or missing sound.
    std::function<void(const std::string& meeting, const std::string&)> onNote;
    /// The meeting is held in a language that the model does not understand: its English name, or
    /// kAnotherLanguage. Once for each job.
    std::function<void(const std::string& meeting, const std::string&)> onForeignLanguage;
    std::function<void(const std::string& meeting, const std::filesystem::path&)> onSummary;
};

/// A recording that is over.
struct EndedRecording {
    MeetingEntry meeting;
    /// Why the library does not know its sound yet, one sentence; empty = it does. The sound itself
    /// is on the disk, and recoverAll() completes the meeting.
    std::string problem;
};

/// Name of a template in files and on the command line: "minutes", "decisions", "actions",
/// "questions", "paragraph". Nothing for others; anything else is the user's own prompt.
std::optional<SummaryTemplate> templateNamed(std::string_view name);

/// Recording, store, index and jobs of one data folder put together: what the window and the
/// terminal program share. All functions may be called from any thread; each takes a lock for as
/// long as it reads or writes small files, never during a call of the engine.
class Workspace {
public:
    /// `data`: folder that holds meetings/, index.sqlite, and recordings/ where the recorder goes
    /// on when it cannot write into meetings/.
    Workspace(const std::filesystem::path& data, WorkspaceEvents events);

    MeetingStore& store() { return m_store; }

    const MeetingStore& store() const { return m_store; }

    /// A new meeting and how to record it; the caller may add a second device and a fallback
    /// folder. Nothing of it needs a model.
    recorder::RecorderOptions beginRecording(const std::string& title,
                                             const std::string& startedUtc,
                                             const std::string& device);

    /// Puts names and length of the sound into meta.json. A recording that went on in a fallback
    /// folder keeps its sound there.
    EndedRecording endRecording(const recorder::FinishedRecording& recording);

    /// Repairs what was interrupted, and completes meetings that were never told of their sound, at
    /// every start of the program; `fallbackRoot` as it was given to the recorder, or empty. A disk
    /// that is still full leaves that for the next start. Returns the meetings it is about; those
    /// whose recording was interrupted are marked as recovered.
    std::vector<MeetingEntry> recoverAll(recorder::RecordingFiles& files,
                                         const std::filesystem::path& fallbackRoot = {});

    /// A meeting from a sound or video file, which stays where it is; of seconds [from, to) of it
    /// where to > from. `seconds`: the length of the file (0 = it does not say), of a caller who
    /// has just opened it; it is not opened again then. Throws Error{InvalidArgument} when the file
    /// ends before `from`, and as documents::openAudioFile().
    MeetingEntry import(const std::filesystem::path& file, const std::string& createdUtc,
                        double from = 0, double to = 0, std::optional<double> seconds = {});

    /// Whether the sound of an imported meeting is to be copied into its folder, remembered until
    /// it is there: copySound() and takeCopy() do it. Nothing when no file outside is needed.
    std::optional<MeetingEntry> wantCopy(const std::string& meeting, bool wanted);

    /// The meeting uses that file of its folder from now on, and remembers what it was made from.
    MeetingEntry takeCopy(const std::string& meeting, const std::string& copy);

    /// Gives a meeting whose sound is missing the file where it is now. Throws
    /// Error{InvalidArgument} when its length is another one, and as documents::openAudioFile().
    MeetingEntry locateSound(const std::string& meeting, const std::filesystem::path& file);

    /// The meeting that was made from all of that file, if there is one.
    std::optional<MeetingEntry> importedFrom(const std::filesystem::path& file) const;

    /// Puts the present transcript away as a revision, so that a transcription begins anew. A job
    /// that still writes the one before writes no more.
    void transcribeAnew(const std::string& meeting);

    /// Moves a meeting to the trash and out of the search; returns where it is now.
    std::filesystem::path moveToTrash(const std::string& meeting);

    /// Brings it back; returns the name of its folder.
    std::string restore(const std::filesystem::path& trashed);

    /// The same for its name in the trash. Throws Error{FileUnreadable} when it is not there.
    MeetingEntry restoreFromTrash(const std::string& trashed);

    /// Makes the search index anew from the folders; returns a sentence for each that cannot be
    /// read.
    std::vector<std::string> rebuildIndex(const std::stop_token& stop = {});

    /// Brings a changed title into the search index.
    void reindex(const std::string& meeting);

    /// For JobQueue. Throws Error when the meeting or its sound cannot be read.
    std::unique_ptr<Job> makeJob(const JobSpec& spec);

    /// Changes a transcript on behalf of the user and saves it. False when `how` says so, or when
    /// there is no transcript.
    bool edit(const std::string& meeting, const std::function<bool(Transcript&)>& how);

    /// Changes a summary on behalf of the user and saves it. False when `how` says so. `name`: of
    /// its template, or "own".
    bool editSummary(const std::string& meeting, const std::string& name,
                     const std::function<bool(SummaryRecord&)>& how);

    std::vector<SearchHit> search(std::string_view query, int limit = 200);

private:
    class TranscribeWork;
    class TranslateWork;
    class SummarizeWork;
    class RetranscribeWork;

    std::unique_ptr<Job> makeSummarizeWork(const JobSpec& spec, MeetingEntry meeting);

    MeetingEntry entryOf(const std::string& meeting) const;
    /// The same, made anew when the folder vanished while it was recorded into.
    MeetingEntry entryFor(const std::string& meeting) const;
    /// Files of a recording in order, wherever they are: its own folder or the fallback one.
    std::vector<recorder::RecordingPart> partsOf(recorder::RecordingFiles& files,
                                                 const recorder::Journal& journal,
                                                 const std::filesystem::path& own,
                                                 const std::filesystem::path& fallback) const;
    /// Recordings with an end whose meeting says nothing of their sound: the disk was full to the
    /// last byte, or the program ended between the two.
    std::vector<recorder::RecoveredRecording> untold(recorder::RecordingFiles& files,
                                                     const std::filesystem::path& fallbackRoot);
    /// Reads, changes and saves a transcript, and updates the index.
    void update(const std::string& meeting, const std::function<bool(Transcript&)>& how);
    /// For a job that changes line after line.
    GatheredChanges gathered(const std::string& meeting);
    int timesAnew(const std::string& meeting);

    MeetingStore m_store;
    LibraryIndex m_index;
    WorkspaceEvents m_events;
    std::mutex m_mutex; ///< guards m_index and every read-change-write of a transcript or summary
    std::map<std::string, int> m_anew; ///< how often a meeting was begun anew; guarded by m_mutex
};

} // namespace phial::meetings
