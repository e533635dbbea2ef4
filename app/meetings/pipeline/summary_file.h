// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/pipeline/summary_record.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace phial::meetings {

/// Version of docs/transcript-format.md, "summary-NAME.json", that is written. Older ones are read,
/// newer ones refused.
inline constexpr int kSummarySchema = 1;

/// JSON text of everything in a record. Broken UTF-8 is replaced by U+FFFD.
std::string toJson(const SummaryRecord& record);

/// Throws Error{FileUnreadable} that says what is wrong with `name`. Skips keys it does not know.
SummaryRecord summaryFromJson(std::string_view json, const std::string& name);

/// A summary from its Markdown, as it was kept before there were records: times instead of lines,
/// no versions. Takes any text.
Summary summaryFromMarkdown(std::string_view markdown);

/// The summary of a template: from its JSON, or from the Markdown where that is missing or damaged.
/// An empty record when there is neither. Throws Error{FileUnreadable} when it is of a newer Phial.
SummaryRecord readSummary(const std::filesystem::path& folder, const std::string& name);

/// Writes summary-NAME.json, and summary-NAME.md with the same text for people and other programs;
/// each atomically. `title`: of the meeting. Throws Error{FileUnwritable} or Error{DiskFull}.
void saveSummary(const std::filesystem::path& folder, const std::string& name,
                 const SummaryRecord& record, const std::string& title);

} // namespace phial::meetings
