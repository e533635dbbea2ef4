// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/source_links.h"

#include "app/meetings/sentences.h"
#include "app/meetings/unicode_text.h"
#include "inference/base/clock_text.h"
#include "inference/base/trimmed.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace phial::meetings {
namespace {

/// Sources that are looked for by words must have at least this many of the sentence's in common.
constexpr std::size_t kLeastShared = 2;
constexpr std::size_t kMostFound = 3;

/// So many words of a sentence that much of it is there.
std::size_t halfOf(const std::set<std::u32string>& words) {
    return std::max(kLeastShared, (words.size() + 1) / 2);
}

void sortUnique(std::vector<std::int64_t>& ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

} // namespace

std::set<std::u32string> contentWords(std::string_view text) {
    constexpr std::size_t kLeast = 4;
    std::set<std::u32string> words;
    std::u32string word;
    const auto close = [&] {
        if (word.size() >= kLeast) {
            words.insert(word);
        }
        word.clear();
    };
    char32_t before = 0;
    for (const char32_t raw : codePoints(text)) {
        const char32_t letter = foldedLetter(raw);
        if (isUnspacedScript(letter)) {
            close();
            if (isUnspacedScript(before)) {
                words.insert(std::u32string{before, letter});
            }
        } else if ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
                   letter > 0x7F) {
            word.push_back(letter);
        } else {
            close();
        }
        before = letter;
    }
    close();
    return words;
}

bool hasWordLike(const std::set<std::u32string>& words, const std::u32string& word) {
    constexpr std::size_t kStem = 5; // "decided" and "decision" begin alike
    return std::any_of(words.begin(), words.end(), [&word](const std::u32string& other) {
        const std::size_t length = std::min({kStem, word.size(), other.size()});
        return word.compare(0, length, other, 0, length) == 0;
    });
}

bool shareWords(const std::set<std::u32string>& a, const std::set<std::u32string>& b) {
    return std::any_of(a.begin(), a.end(),
                       [&b](const std::u32string& word) { return hasWordLike(b, word); });
}

std::vector<std::int64_t> takeSources(std::string& line) {
    std::vector<std::int64_t> ids;
    std::string rest;
    std::size_t at = 0;
    while (at < line.size()) {
        const std::size_t close = line[at] == '[' ? line.find(']', at) : std::string::npos;
        const std::string inside =
            close == std::string::npos ? "" : line.substr(at + 1, close - at - 1);
        if (inside.empty() || inside.find_first_not_of("0123456789,;-# ") != std::string::npos ||
            inside.find_first_of("0123456789") == std::string::npos) {
            rest += line[at++];
            continue;
        }
        std::int64_t from = 0;
        bool range = false;
        const char* const end = inside.data() + inside.size();
        for (const char* c = inside.data(); c != end;) {
            std::int64_t id = 0;
            const auto [next, error] = std::from_chars(c, end, id);
            if (error != std::errc() || *c == '-') {
                range = *c == '-' && from > 0;
                ++c;
                continue;
            }
            constexpr std::int64_t kLongestRange = 50;
            const bool filled = range && id > from && id - from <= kLongestRange;
            for (std::int64_t i = filled ? from + 1 : id; i <= id; ++i) {
                ids.push_back(i);
            }
            from = id;
            range = false;
            c = next;
        }
        at = close + 1;
        const bool stopFollows =
            at < line.size() && std::string_view(".,;:!?").find(line[at]) != std::string::npos;
        while (stopFollows && !rest.empty() && rest.back() == ' ') {
            rest.pop_back(); // "in February [41]."
        }
    }
    line = trimmed(rest);
    return ids;
}

/// A sentence with the numbers that stand in it.
struct SourceLinks::Piece {
    std::string text;
    std::vector<std::int64_t> ids;
    Words words;
};

SourceLinks::SourceLinks(const Transcript& transcript, SameLanguage same)
    : m_transcript(transcript)
    , m_same(same) {}

/// Read when the first sentence needs them: most answers name their lines.
const std::vector<SourceLinks::Line>& SourceLinks::lines() {
    if (m_same != SameLanguage::No && !std::exchange(m_read, true)) {
        for (const TranscriptSegment& segment : m_transcript.segments) {
            if (segment.kind == SegmentKind::Speech) {
                m_lines.push_back({.segment = &segment, .words = contentWords(segment.text)});
            }
        }
    }
    return m_lines;
}

std::vector<SourceLinks::Piece> SourceLinks::piecesOf(std::string_view text) const {
    std::vector<Piece> pieces;
    for (const std::string_view sentence : sentencesOf(text)) {
        Piece piece{.text = std::string(sentence)};
        piece.ids = takeSources(piece.text);
        piece.words = contentWords(piece.text);
        const bool first = pieces.empty();
        const auto isShort = [](const Piece& one) {
            return one.words.size() < (one.ids.empty() ? kLeastShared : 1);
        };
        if (first || (!isShort(piece) && !isShort(pieces.back()))) {
            pieces.push_back(std::move(piece));
            continue;
        }
        Piece& before = pieces.back();
        before.text = piece.text.empty() ? before.text
                                         : std::string(trimmed(joinTexts(before.text, piece.text)));
        before.ids.insert(before.ids.end(), piece.ids.begin(), piece.ids.end());
        before.words.merge(piece.words);
    }
    for (Piece& piece : pieces) {
        sortUnique(piece.ids);
    }
    std::erase_if(pieces, [](const Piece& piece) { return piece.text.empty(); });
    return pieces;
}

std::vector<LinkedSentence> SourceLinks::link(std::string_view text) {
    std::vector<Piece> pieces = piecesOf(text);
    std::vector<LinkedSentence> sentences(pieces.size());
    std::vector<std::int64_t> later; // what the next sentence with numbers names
    for (std::size_t i = pieces.size(); i-- > 0;) {
        Piece& piece = pieces[i];
        LinkedSentence& sentence = sentences[i];
        sentence.text = std::move(piece.text);
        if (!piece.ids.empty()) {
            later = piece.ids;
            sentence.sources = existing(piece.ids);
            Words said;
            for (const std::int64_t id : piece.ids) {
                const TranscriptSegment* line = findSegment(m_transcript, id);
                said.merge(line == nullptr ? Words() : contentWords(line->text));
            }
            const bool alike = m_same != SameLanguage::Yes || shareWords(piece.words, said);
            sentence.support = sentence.sources.empty() ? Support::None
                               : alike                  ? Support::Supported
                                                        : Support::Unlikely;
            continue;
        }
        sentence.sources = named(piece.words, later);
        sentence.support = Support::Supported;
        if (sentence.sources.empty()) {
            sentence.sources = find(piece.words);
            sentence.support = sentence.sources.empty() ? Support::None : Support::Found;
        }
    }
    return sentences;
}

std::vector<Source> SourceLinks::existing(const std::vector<std::int64_t>& ids) const {
    std::vector<Source> sources;
    for (const TranscriptSegment& segment : m_transcript.segments) {
        if (std::binary_search(ids.begin(), ids.end(), segment.id)) {
            sources.push_back(
                {.id = segment.id, .seconds = m_transcript.seconds(segment.startSample)});
        }
    }
    return sources;
}

std::size_t SourceLinks::sharedWith(const Words& words, const Words& line) {
    return static_cast<std::size_t>(std::count_if(
        words.begin(), words.end(), [&line](const auto& word) { return hasWordLike(line, word); }));
}

/// Of the lines that were named for several sentences at once, those that this one comes from.
std::vector<Source> SourceLinks::named(const Words& words, const std::vector<std::int64_t>& later) {
    if (m_same == SameLanguage::No || later.empty()) {
        return existing(later);
    }
    Words together;
    std::vector<std::int64_t> sharing;
    for (const auto& [segment, said] : lines()) {
        if (std::binary_search(later.begin(), later.end(), segment->id) &&
            shareWords(words, said)) {
            sharing.push_back(segment->id);
            together.insert(said.begin(), said.end());
        }
    }
    sortUnique(sharing);
    return sharedWith(words, together) >= halfOf(words) ? existing(sharing) : std::vector<Source>();
}

/// Lines that share the most words with `words`, and at least half of them; none in doubt.
std::vector<Source> SourceLinks::find(const Words& words) {
    std::vector<Source> best;
    std::size_t most = halfOf(words);
    for (const auto& [segment, said] : lines()) {
        const std::size_t shared = sharedWith(words, said);
        if (shared > most) {
            best.clear();
            most = shared;
        }
        if (shared == most && best.size() < kMostFound) {
            best.push_back(
                {.id = segment->id, .seconds = m_transcript.seconds(segment->startSample)});
        }
    }
    return best;
}

std::string plainText(const std::vector<LinkedSentence>& sentences) {
    std::string text;
    for (const LinkedSentence& sentence : sentences) {
        text = text.empty() ? sentence.text : joinTexts(text, sentence.text);
    }
    return text;
}

std::string linkedMarkdown(const std::vector<LinkedSentence>& sentences) {
    std::string text;
    bool marked = false; // the sentence before has links or a mark behind it
    for (const LinkedSentence& sentence : sentences) {
        text = text.empty() ? sentence.text
               : marked     ? text + ' ' + sentence.text
                            : joinTexts(text, sentence.text);
        for (const Source& source : sentence.sources) {
            text += " [" + clockText(source.seconds) +
                    "](#t=" + std::to_string(static_cast<long long>(source.seconds)) + ')';
        }
        if (sentence.isDoubtful()) {
            text.append(" ").append(kNoSource);
        }
        marked = sentence.isDoubtful() || !sentence.sources.empty();
    }
    return text;
}

} // namespace phial::meetings
