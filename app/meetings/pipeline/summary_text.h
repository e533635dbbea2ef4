// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/transcript.h"

#include <cstdint>
#include <set>
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

/// Whether the transcript bears a line out.
enum class Support {
    None,     ///< no segment is named, or none of those named exists: marked for the reader
    Unlikely, ///< segments are named but share no word with it (told only in the same language)
    Found,    ///< the model named none; `sources` were found by their words
    Supported,
    NotNeeded, ///< a heading
};

struct SummaryLine {
    std::string text; ///< without its sources
    bool isBullet = false;
    std::vector<std::int64_t> sources; ///< ids of existing segments, in order of time
    Support support = Support::NotNeeded;
};

struct Summary {
    std::vector<SummaryLine> lines;
    std::string note;                  ///< how it was made, when that matters to the reader
    std::vector<std::string> problems; ///< parts of the meeting that are missing, each one sentence
};

/// Numbered lines for the model: "[12] Ann: We agreed." Ids stand for times.
std::string numberedText(const std::vector<const TranscriptSegment*>& segments);

/// Whether the model is to name the lines it took something from. It cannot when it only hears.
enum class Citing { Lines, Nothing };

/// What the model is to write, in its own language of instruction.
std::string instructionsFor(SummaryTemplate kind, std::string_view custom,
                            std::string_view language, Citing citing = Citing::Lines);

/// Instructions for the notes of one part, and for joining two.
std::string_view notesInstructions();
std::string_view mergeInstructions();

/// Instructions before the text and again after it: a long text makes the model forget the first.
std::string promptOf(std::string_view instructions, std::string_view text);

/// Words that carry meaning: four letters or more, or any Chinese or Japanese letter pair.
std::set<std::u32string> contentWords(std::string_view text);

/// Whether two sets have a word in common that begins alike: "decided" and "decision".
bool shareWords(const std::set<std::u32string>& a, const std::set<std::u32string>& b);

/// Takes "[12]", "[12, 15]" and "[12-14]" out of a line and returns the numbers.
std::vector<std::int64_t> takeSources(std::string& line);

enum class SameLanguage { No, Yes };

/// Takes the model's answer apart and checks its sources against the transcript. Every line that is
/// no heading claims something, with or without a bullet: it is linked or marked. Where the model
/// names no line, those that share most of its words are looked for.
Summary parseSummary(std::string_view answer, const Transcript& transcript, SameLanguage same);

/// Markdown with times as links "[1:02](#t=62)"; unsupported lines are marked.
std::string summaryMarkdown(const Summary& summary, const Transcript& transcript,
                            const std::string& title);

} // namespace phial::meetings
