// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/transcript.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace phial::meetings {

/// Version of docs/transcript-format.md that is written. Older ones are read; newer ones are
/// refused, so that nothing they hold gets lost by saving.
inline constexpr int kTranscriptSchema = 1;

/// JSON text of everything in a transcript. Broken UTF-8 is replaced by U+FFFD.
std::string toJson(const Transcript& transcript);

/// Throws Error{FileUnreadable} that says what is wrong with `name`. Accepts what this program
/// never writes as long as its meaning is clear; puts segments in order of time.
Transcript transcriptFromJson(std::string_view json, const std::string& name);

void saveTranscript(const Transcript& transcript, const std::filesystem::path& path);
Transcript loadTranscript(const std::filesystem::path& path);

} // namespace phial::meetings
