// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/pipeline/job.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace phial::meetings {

using JobNumber = std::int64_t;

enum class JobKind {
    Transcribe,
    Translate,
    Summarize,
    Retranscribe, ///< JobSpec::lines are listened to once more; what they said becomes a version
};

enum class JobState {
    Waiting,
    Running, ///< has begun; between two steps as well
    Paused,
    Done,
    Failed, ///< see JobView::problem; can be retried
    Cancelled,
};

/// What is to be done, in words that outlive the program.
struct JobSpec {
    JobKind kind = JobKind::Transcribe;
    std::string meeting; ///< name of its folder
    /// Target of a translation or summary; what is spoken of a transcription: empty = any, or one
    /// or several, as "German, English".
    std::string language;
    std::string detail; ///< template of a summary, target language of a combined transcription
    /// Ids of lines: those to listen to again, or to translate again. Empty = all that need it.
    std::vector<std::int64_t> lines = {};
    /// Of a summary, the only part to be made again: its first line, whose place `lines` holds.
    /// Empty = all of it.
    std::string part = {};

    bool operator==(const JobSpec&) const = default;
};

struct JobView {
    JobNumber number = 0;
    JobSpec spec;
    JobState state = JobState::Waiting;
    JobProgress progress;
    std::string problem; ///< one sentence, when Failed
};

/// The list of long work on meetings. A second job never ends the first; the first that is not
/// paused is worked on. What is in it survives the program: running jobs become waiting ones and go
/// on where their meeting's files say. All functions may be called from any thread; runStep() from
/// one at a time, on the thread that owns the engine.
class JobQueue {
public:
    /// Makes the work of a job. Called on the thread of runStep(). May throw Error: the job fails.
    using MakeJob = std::function<std::unique_ptr<Job>(const JobSpec&)>;
    /// Called on the thread of the change, without a lock held.
    using OnChange = std::function<void(const JobView&)>;

    JobQueue(MakeJob makeJob, OnChange onChange);

    JobNumber add(JobSpec spec);

    /// Moves a job to a place in the order, 0 = next.
    void move(JobNumber number, std::size_t place);
    void pause(JobNumber number);
    void resume(JobNumber number);

    /// Ends a job; what it did is kept. A running step is asked to stop.
    void cancel(JobNumber number);

    /// Makes a failed or cancelled job wait again.
    void retry(JobNumber number);

    /// Takes a job that does not run off the list.
    void forget(JobNumber number);

    std::vector<JobView> list() const;

    /// Works on the first waiting job for one step. False when there is nothing to do. `stop` ends
    /// the step, and the job goes on waiting: for closing the program or for something urgent.
    /// Throws only Error{DeviceLost}, since nothing works with that engine any more. The job then
    /// waits and goes on from what is saved; lost twice without a step between, it has failed.
    bool runStep(Engine& engine, const std::stop_token& stop);

    /// Of the last transcription, seconds of sound per second; 0 = none was ever measured. `model`:
    /// name of the one that would do it; 0 when it was another. Empty = whichever it was.
    double lastSpeed(const std::string& model) const;

    /// JSON of all jobs that are not done and of the last speed, for the next start.
    std::string save() const;

    /// Adds the jobs of save(), and knows the speed. Unreadable text adds nothing.
    void load(const std::string& json);

private:
    struct Entry {
        JobView view;
        std::shared_ptr<Job> job; ///< shared with a step that runs while the entry is removed
        std::stop_source stop;
        bool lost = false; ///< the device was, in its last step
    };

    Entry* find(JobNumber number);
    void change(JobNumber number, const std::function<void(Entry&)>& how);
    std::optional<JobNumber> nextJob();

    MakeJob m_makeJob;
    OnChange m_onChange;
    mutable std::mutex m_mutex;
    std::vector<std::unique_ptr<Entry>> m_entries; ///< in order; guarded by m_mutex
    JobNumber m_last = 0;                          ///< guarded by m_mutex, as the next
    double m_speed = 0;                            ///< of the last transcription; 0 = none
    std::string m_speedModel;                      ///< whose speed it was
};

} // namespace phial::meetings
