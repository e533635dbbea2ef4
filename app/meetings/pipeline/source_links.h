// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/transcript.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace phial::meetings {

/// Whether the transcript bears a sentence out.
enum class Support {
    None,     ///< no line is named, or none of those named exists: marked for the reader
    Unlikely, ///< lines are named but share no word with it (told only in the same language)
    Found,    ///< the model named none; `sources` were found by their words
    Supported,
    NotNeeded, ///< a heading
};

/// A line of the transcript that something comes from.
struct Source {
    std::int64_t id = 0; ///< 0 = only its time is known
    double seconds = 0;  ///< where it begins

    bool operator==(const Source&) const = default;
};

/// One sentence of a text that the model wrote about a meeting.
struct LinkedSentence {
    std::string text;            ///< Markdown, without its sources
    std::vector<Source> sources; ///< in order of time
    Support support = Support::NotNeeded;

    bool isDoubtful() const { return support == Support::None || support == Support::Unlikely; }

    bool operator==(const LinkedSentence&) const = default;
};

/// Whether a text is in the language that was spoken.
enum class SameLanguage {
    No,
    Yes,
    NotKnown, ///< lines that are named are believed; others are looked for
};

/// Words that carry meaning: four letters or more, or any Chinese or Japanese letter pair.
std::set<std::u32string> contentWords(std::string_view text);

/// Whether a word of a set begins as `word` does.
bool hasWordLike(const std::set<std::u32string>& words, const std::u32string& word);

/// Whether two sets have a word in common that begins alike: "decided" and "decision".
bool shareWords(const std::set<std::u32string>& a, const std::set<std::u32string>& b);

/// Takes "[12]", "[12, 15]" and "[12-14]" out of a line and returns the numbers.
std::vector<std::int64_t> takeSources(std::string& line);

/// Finds out which lines of a transcript the sentences of a text come from. Holds its words; one
/// for a whole answer. One thread.
class SourceLinks {
public:
    /// `transcript` must outlive it.
    SourceLinks(const Transcript& transcript, SameLanguage same);

    /// The sentences of a line of text, each with its own sources. Lines that a sentence names
    /// itself are its sources. Where it names none, those are taken that are named behind a later
    /// sentence of the same text, if they hold half of its words (or cannot be compared), else
    /// those that share most of its words. What is too short to be looked for stays with its
    /// neighbour. Nothing when there is nothing but numbers.
    std::vector<LinkedSentence> link(std::string_view text);

private:
    struct Piece;
    using Words = std::set<std::u32string>;

    /// What is said.
    struct Line {
        const TranscriptSegment* segment = nullptr;
        Words words;
    };

    std::vector<Piece> piecesOf(std::string_view text) const;
    std::vector<Source> existing(const std::vector<std::int64_t>& ids) const;
    const std::vector<Line>& lines();
    std::vector<Source> find(const Words& words);
    std::vector<Source> named(const Words& words, const std::vector<std::int64_t>& later);
    static std::size_t sharedWith(const Words& words, const Words& line);

    const Transcript& m_transcript;
    SameLanguage m_same;
    std::vector<Line> m_lines; ///< read when the first sentence needs them
    bool m_read = false;
};

/// One text of all sentences, without their sources.
std::string plainText(const std::vector<LinkedSentence>& sentences);

/// Markdown: behind each sentence its times as links, "[1:02](#t=62)", and a mark when it has no
/// source.
std::string linkedMarkdown(const std::vector<LinkedSentence>& sentences);

/// The mark in linkedMarkdown().
inline constexpr std::string_view kNoSource = "(no source found)";

} // namespace phial::meetings
