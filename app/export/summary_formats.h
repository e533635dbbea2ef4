// SPDX-License-Identifier: MIT
#pragma once

#include "app/export/exporter.h"
#include "app/export/text_formats.h"
#include "app/meetings/pipeline/summary_record.h"

#include <filesystem>
#include <string>

namespace phial::exporting {

/// The bytes of a summary: text (sentences with their times, as "[1:02]"), Markdown, Word document,
/// or, as JSON, the whole record with its versions. Other formats are those of transcripts and give
/// text. Sentences without a source are marked in all of them. Pure.
std::string exportedSummary(const meetings::SummaryRecord& record, const Heading& heading,
                            Format format);

/// The same to a file, atomically. Throws Error{FileUnwritable} or Error{DiskFull}; what was there
/// before is then untouched.
void exportSummaryTo(const std::filesystem::path& path, const meetings::SummaryRecord& record,
                     const Heading& heading, Format format);

} // namespace phial::exporting
