// SPDX-License-Identifier: MIT
#pragma once

#include "app/tasks/task.h"

#include <cstdint>
#include <filesystem>
#include <stop_token>

namespace phial::exporting {

/// Frames [from, to) of a recording.
struct FrameRange {
    std::int64_t from = 0;
    std::int64_t to = 0;
};

/// Writes a stretch of a recording as a 16-bit WAV file, at its own rate and channels. At most 2
/// GiB (Error{InvalidArgument}). Reads the sound block by block from its beginning and holds no
/// more than one of them. Atomic. Throws Error{FileUnwritable}, Error{DiskFull}, Error{Cancelled},
/// and what the source throws.
void exportClip(const tasks::SoundSource& sound, FrameRange range,
                const std::filesystem::path& path, const std::stop_token& stop = {});

} // namespace phial::exporting
