// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/pipeline/job.h"
#include "app/meetings/transcript.h"

#include <chrono>
#include <functional>
#include <vector>

namespace phial::meetings {

/// Changes that a job makes to a transcript line by line, saved together: reading, writing and
/// indexing a transcript of ten thousand lines for each of them would take longer than the model.
/// At least a second of work lies between two saves, and ten times as long as a save takes. One
/// thread.
class GatheredChanges {
public:
    /// False when there is nothing to change.
    using Change = std::function<bool(Transcript&)>;

    /// `save`: brings a change into the transcript on the disk; may throw.
    GatheredChanges(std::function<void(const Change&)> save, Now now);

    void add(Change change) { m_changes.push_back(std::move(change)); }

    /// Runs a step of the job and then saves what was added, if it is time, or the step did not end
    /// with StepResult::More, or threw: what is done outlives a lost device.
    StepResult during(const std::function<StepResult()>& step);

private:
    void save();

    std::function<void(const Change&)> m_save;
    Now m_now;
    std::vector<Change> m_changes;
    std::chrono::steady_clock::time_point m_savedAt;
    std::chrono::steady_clock::duration m_took{};
};

} // namespace phial::meetings
