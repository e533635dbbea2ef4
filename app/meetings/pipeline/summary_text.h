// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/pipeline/source_links.h"
#include "app/meetings/transcript.h"

#include <string>
#include <string_view>
#include <vector>

namespace phial::meetings {

enum class SummaryTemplate {
    Minutes,
    Decisions,
    ActionItems, ///< with owner and due date
    Questions,
    OneParagraph,
    Custom, ///< the user's own words
};

enum class LineKind { Heading, Bullet, Paragraph };

/// One line of a summary.
struct SummaryLine {
    LineKind kind = LineKind::Paragraph;
    std::vector<LinkedSentence> sentences; ///< at least one; a heading is one, with its marks
    bool editedByUser = false;

    std::string text() const { return plainText(sentences); }

    bool operator==(const SummaryLine&) const = default;
};

struct Summary {
    std::vector<SummaryLine> lines;
    std::string note;                  ///< how it was made, when that matters to the reader
    std::vector<std::string> problems; ///< parts of the meeting that are missing, each one sentence
    bool editedByUser = false; ///< lines were changed, added or taken away since the model made it

    bool operator==(const Summary&) const = default;
};

/// Numbered lines for the model: "[12] Ann: We agreed." Ids stand for times.
std::string numberedText(const std::vector<const TranscriptSegment*>& segments);

/// Whether the model is to name the lines it took something from. It cannot when it only hears.
enum class Citing { Lines, Nothing };

/// What the model is to write, in its own language of instruction.
std::string instructionsFor(SummaryTemplate kind, std::string_view custom,
                            std::string_view language, Citing citing = Citing::Lines);

/// What the model is to write when it makes `part` of a summary again: a heading with what is under
/// it, or a single line, as Markdown.
std::string partInstructions(std::string_view part, SummaryTemplate kind, std::string_view custom,
                             std::string_view language, Citing citing = Citing::Lines);

/// Instructions for the notes of one part, and for joining two.
std::string_view notesInstructions();
std::string_view mergeInstructions();

/// Instructions before the text and again after it: a long text makes the model forget the first.
std::string promptOf(std::string_view instructions, std::string_view text);

/// What a line of Markdown is, and the line without the mark of a bullet. A short line that ends
/// with a colon introduces what follows: a heading. `line` is trimmed and not empty.
LineKind takeKind(std::string& line);

/// Takes the model's answer apart and checks its sources against the transcript. Every sentence
/// that is no heading claims something, with or without a bullet: it is linked or marked, see
/// SourceLinks.
Summary parseSummary(std::string_view answer, const Transcript& transcript, SameLanguage same);

/// Markdown with times as links "[1:02](#t=62)" behind each sentence; unsupported ones are marked.
/// `edited`: put behind lines that the user changed; empty = they look like the others.
std::string summaryMarkdown(const Summary& summary, const std::string& title,
                            std::string_view edited = {});

} // namespace phial::meetings
