// SPDX-License-Identifier: MIT
#pragma once

#include "app/recorder/journal.h"
#include "app/recorder/recording_files.h"
#include "app/recorder/session_writer.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace phial::recorder {

/// A recording that was not ended: the program or the computer stopped in between.
struct RecoveredRecording {
    std::filesystem::path folder;
    std::vector<RecordingPart> parts;
    Journal journal;
    std::string problem; ///< empty, or one sentence about a part that could not be repaired
};

/// Repairs one recording folder when its journal has no end: sound files get headers that fit, a
/// torn last line of the journal is closed, and the journal says so. Nothing when the recording is
/// in order, is being made right now by some process, or holds no journal. Never deletes sound.
std::optional<RecoveredRecording> recoverRecording(RecordingFiles& files,
                                                   const std::filesystem::path& folder);

/// The journal of a recording that was ended in an orderly way, or recovered before. Nothing when
/// it has no end, or when there is no journal. Changes nothing.
std::optional<Journal> endedRecording(RecordingFiles& files, const std::filesystem::path& folder);

/// The same as recoverRecording() for every subfolder of `root`.
std::vector<RecoveredRecording> recoverRecordings(RecordingFiles& files,
                                                  const std::filesystem::path& root);

} // namespace phial::recorder
