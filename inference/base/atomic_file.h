// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace phial {

/// Who may read a file that is written: what a user said and wrote is his own.
enum class Readers { Owner, Everyone };

/// Replaces a file so that a crash or power cut leaves either the old or the new one, whole: a
/// temporary file beside it, fsync, rename. Throws Error{FileUnwritable} or Error{DiskFull}; the
/// old file and nothing else is then left. Any thread.
void writeAtomically(const std::filesystem::path& path, std::string_view bytes,
                     Readers readers = Readers::Owner);

/// All of a file. Throws Error{FileUnreadable}.
std::string readFile(const std::filesystem::path& path);

} // namespace phial
