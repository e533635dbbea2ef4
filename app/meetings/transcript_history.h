// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/transcript.h"

#include <vector>

namespace phial::meetings {

/// The changes of a user to one transcript, to be undone and done again. Keeps only what differs,
/// and finds it by the ids of lines, so that lines which a transcription adds meanwhile stay. One
/// thread.
class TranscriptHistory {
public:
    /// Remembers a change; what was undone before it is forgotten.
    void record(const Transcript& before, const Transcript& after);

    bool canUndo() const { return !m_done.empty(); }

    bool canRedo() const { return !m_undone.empty(); }

    /// False when there is nothing to undo or its lines are gone.
    bool undo(Transcript& transcript);
    bool redo(Transcript& transcript);

    void clear();

private:
    struct Change {
        std::vector<TranscriptSegment> before;
        std::vector<TranscriptSegment> after;
    };

    std::vector<Change> m_done; ///< oldest first
    std::vector<Change> m_undone;
};

} // namespace phial::meetings
