// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/meeting_store.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace phial::meetings {

/// How the copy of a sound file goes on, and what it must know. Unset ones are skipped.
struct CopyParts {
    /// On the thread of the copy, after each piece. Bytes.
    std::function<void(std::uint64_t done, std::uint64_t total)> onProgress;
    /// Room on the disk of a folder, in bytes; unset = what the file system says.
    std::function<std::uint64_t(const std::filesystem::path& folder)> freeBytes;
};

/// What a copy leaves free on its disk: a recording must go on beside it.
inline constexpr std::uint64_t kLeftFreeBytes = 1'000'000'000;

/// Copies an imported sound file into the folder of its meeting and returns the copy's name there,
/// "imported" with the ending of the file. Where the file system can, both share their blocks until
/// one of them is changed; the copy never changes with the original. It has its name when all of it
/// is on the disk; what an interrupted copy leaves is overwritten by the next one. Any thread, one
/// at a time for each folder. Throws Error{DiskFull} before anything is written when it would leave
/// less than kLeftFreeBytes, Error{FileUnreadable} when the file is not there or is changed
/// meanwhile, Error{FileUnwritable}, Error{Cancelled}.
std::string copySound(const std::filesystem::path& file, const std::filesystem::path& folder,
                      const CopyParts& parts = {}, const std::stop_token& stop = {});

/// The same for the meeting, which says what is copied: of a part of a file only that part, as
/// 16-bit WAV; such a part of more than 2 GiB is refused (Error{InvalidArgument}). What earlier
/// copies left unfinished is removed.
std::string copySound(const MeetingEntry& meeting, const CopyParts& parts = {},
                      const std::stop_token& stop = {});

} // namespace phial::meetings
