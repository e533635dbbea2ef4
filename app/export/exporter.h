// SPDX-License-Identifier: MIT
#pragma once

#include "app/export/export_options.h"
#include "app/export/text_formats.h"
#include "app/meetings/transcript.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace phial::exporting {

enum class Format { Text, TextWithTimes, Markdown, Srt, Vtt, Json, Csv, Docx };

/// "txt", "md", "srt", "vtt", "json", "csv", "docx".
std::string_view extensionOf(Format format);

/// The format that a file name or a word of the command line means; nothing for others.
std::optional<Format> formatNamed(std::string_view nameOrExtension);

/// The bytes of a transcript in a format. Pure.
std::string exported(const meetings::Transcript& transcript, const Heading& heading, Format format,
                     Languages languages);

/// The same to a file, atomically. Throws Error{FileUnwritable} or Error{DiskFull}; what was there
/// before is then untouched.
void exportTo(const std::filesystem::path& path, const meetings::Transcript& transcript,
              const Heading& heading, Format format, Languages languages);

} // namespace phial::exporting
