// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/transcript.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace phial::exporting {

/// Reads SRT or WebVTT of any program: byte order mark, CR, missing numbers, cue settings, marks as
/// <i>, {\an8} and <v Ann> (who becomes the speaker). A cue becomes a line of the transcript, whose
/// clock counts milliseconds. Cues without a readable time are left out. Throws
/// Error{FileUnreadable} when `name` holds not a single cue.
meetings::Transcript transcriptFromSubtitles(std::string_view text, const std::string& name);

/// Whether a file is a transcript by its name: json, srt, vtt.
bool isTranscriptFile(const std::filesystem::path& file);

/// Reads such a file. Throws Error{FileUnreadable}.
meetings::Transcript readTranscriptFile(const std::filesystem::path& file);

} // namespace phial::exporting
