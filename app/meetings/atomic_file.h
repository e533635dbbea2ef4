// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace phial::meetings {

/// Replaces a file so that a crash or power cut leaves either the old or the new one, whole: a
/// temporary file beside it, fsync, rename. Throws Error{FileUnwritable} or Error{DiskFull}; the
/// old file and nothing else is then left. Any thread.
void writeAtomically(const std::filesystem::path& path, std::string_view bytes);

/// All of a file. Throws Error{FileUnreadable}.
std::string readFile(const std::filesystem::path& path);

} // namespace phial::meetings
