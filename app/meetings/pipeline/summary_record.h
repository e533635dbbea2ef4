// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/pipeline/summary_text.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace phial::meetings {

/// What a summary said before it was changed or made again.
struct SummaryVersion {
    std::int64_t number = 0; ///< > 0, unique in its record, never used again
    std::string changedUtc;  ///< when it came to be, "2026-11-21T05:20:00Z"; empty = not known
    Summary summary;

    bool operator==(const SummaryVersion&) const = default;
};

/// A summary of one template with its older versions: what summary-NAME.json holds. A value.
struct SummaryRecord {
    std::string instruction; ///< of the user; empty where the template says it
    std::string language;    ///< that was asked for, English name; empty = as spoken
    std::string changedUtc;
    Summary summary;
    std::vector<SummaryVersion> versions; ///< older ones, oldest first
    std::int64_t lastVersion = 0;         ///< highest number ever given

    bool operator==(const SummaryRecord&) const = default;
};

/// So many older versions are kept; those that the user wrote longer than those of the model.
inline constexpr std::size_t kMostVersions = 50;

/// Lines as the user edits them: Markdown without sources, a line each, a blank one before
/// headings.
std::string editableText(const Summary& summary);

/// The user wrote something else. What was there becomes a version. Lines that are in no version as
/// they are now are marked as edited; sentences whose words still agree with an older one keep its
/// sources, others have none and need none: they are the user's. False when nothing changes.
bool editSummary(SummaryRecord& record, std::string_view text, const std::string& nowUtc);

/// The model made another one. What was there becomes a version.
void replaceByModel(SummaryRecord& record, Summary summary, const std::string& nowUtc);

/// Exchanges what is there with a version. False when there is none of that number.
bool bringBack(SummaryRecord& record, std::int64_t version, const std::string& nowUtc);

/// A part of a summary that can be made again: a heading with what is under it, or another line.
struct SummaryPart {
    std::size_t line = 0; ///< where it begins, in Summary::lines
    std::string text;     ///< of that line, which tells the part when lines were added before it

    bool operator==(const SummaryPart&) const = default;
};

/// Every line is one; nothing is under a heading that no other line follows.
std::vector<SummaryPart> partsOf(const Summary& summary);

/// The part as the user would edit it; empty when the summary has no such line any more.
std::string editableText(const Summary& summary, const SummaryPart& part);

/// The model made a part again, `made`: under a heading its lines take the place of those that were
/// there, elsewhere its first line that of the old one. What was there becomes a version. False,
/// and nothing changes, when the part is gone or `made` holds no line for it.
bool replacePart(SummaryRecord& record, const SummaryPart& part, const Summary& made,
                 const std::string& nowUtc);

} // namespace phial::meetings
