// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/summary_text.h"

#include "app/meetings/unicode_text.h"
#include "inference/base/clock_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <set>
#include <utility>

namespace phial::meetings {
namespace {

constexpr std::string_view kCite =
    "End every bullet with the numbers of the lines it comes from, like [12] or [12][15]. "
    "Use only what the text says; invent nothing.";
constexpr std::string_view kOnlyWhatIsHeard = "Use only what is said; invent nothing.";

/// Sources that are looked for by words must have at least this many of the line's in common.
constexpr std::size_t kLeastShared = 2;
constexpr std::size_t kMostFound = 3;
/// "Here are the decisions:" introduces and claims nothing; longer ones may hide a claim.
constexpr std::size_t kLongestIntroduction = 60;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kSpace);
    return first == std::string_view::npos
               ? std::string_view()
               : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
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

bool shareWords(const std::set<std::u32string>& a, const std::set<std::u32string>& b) {
    constexpr std::size_t kStem = 5; // "decided" and "decision" begin alike
    for (const std::u32string& word : a) {
        for (const std::u32string& other : b) {
            const std::size_t length = std::min({kStem, word.size(), other.size()});
            if (word.compare(0, length, other, 0, length) == 0) {
                return true;
            }
        }
    }
    return false;
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
    }
    line = std::string(trimmed(rest));
    return ids;
}

std::string numberedText(const std::vector<const TranscriptSegment*>& segments) {
    std::string text;
    for (const TranscriptSegment* segment : segments) {
        text += '[' + std::to_string(segment->id) + "] ";
        if (!segment->speaker.empty()) {
            text += segment->speaker + ": ";
        }
        std::string line = segment->text;
        std::replace(line.begin(), line.end(), '\n', ' ');
        text += line + '\n';
    }
    return text;
}

std::string instructionsFor(SummaryTemplate kind, std::string_view custom,
                            std::string_view language, Citing citing) {
    std::string text;
    switch (kind) {
    case SummaryTemplate::Minutes:
        text = "Write the minutes of this meeting: a heading for each topic, and under it bullets "
               "with what was said and decided. ";
        break;
    case SummaryTemplate::Decisions:
        text = "List the decisions that were made in this meeting, one bullet each. ";
        break;
    case SummaryTemplate::ActionItems:
        text = "List the action items of this meeting, one bullet each: what is to be done, by "
               "whom, and until when. Write \"nobody named\" or \"no date\" where none was said. ";
        break;
    case SummaryTemplate::Questions:
        text = "List the questions that were asked in this meeting, one bullet each, with the "
               "answer if there was one. ";
        break;
    case SummaryTemplate::OneParagraph:
        text = "Summarize this meeting in one paragraph of at most five sentences, as a single "
               "bullet. ";
        break;
    case SummaryTemplate::Custom:
        text = std::string(custom) + ' ';
        break;
    }
    text += citing == Citing::Lines ? kCite : kOnlyWhatIsHeard;
    if (!language.empty()) {
        text += " Write in " + std::string(language) + '.';
    }
    return text;
}

std::string_view notesInstructions() {
    return "This is a part of a meeting, with numbered lines. Write short notes of it: topics, "
           "facts, decisions, action items with owner and date, open questions, one bullet each. "
           "End every bullet with the numbers of the lines it comes from, like [12] or [12][15]. "
           "Use only what the text says; invent nothing.";
}

std::string_view mergeInstructions() {
    return "These are notes of two parts of the same meeting, one after the other. Join them into "
           "one list of bullets, shorter than both; keep decisions, action items, names, dates "
           "and numbers. Keep the numbers in brackets at the end of every bullet. Invent nothing.";
}

std::string promptOf(std::string_view instructions, std::string_view text) {
    return std::string(instructions) + "\n\n---\n" + std::string(text) + "---\n\n" +
           std::string(instructions);
}

namespace {

bool isHeading(std::string_view text) {
    const bool bold = text.size() > 4 && text.substr(0, 2) == "**" &&
                      text.substr(text.size() - 2) == "**" &&
                      text.substr(2, text.size() - 4).find("**") == std::string_view::npos;
    const bool introduces = text.back() == ':' && text.size() <= kLongestIntroduction;
    return text.front() == '#' || bold || introduces;
}

/// Takes the mark of a bullet or a number off; false when there is none.
bool takeBullet(std::string& text) {
    const std::size_t digits = text.find_first_not_of("0123456789");
    const bool numbered =
        digits != 0 && digits != std::string::npos && (text[digits] == '.' || text[digits] == ')');
    if (text.rfind("- ", 0) == 0 || text.rfind("* ", 0) == 0 || text.rfind("• ", 0) == 0) {
        text = std::string(trimmed(std::string_view(text).substr(text.find(' '))));
    } else if (numbered) {
        text = std::string(trimmed(std::string_view(text).substr(digits + 1)));
    } else {
        return false;
    }
    return true;
}

/// The words of a transcript, line by line, for looking up where something was said.
class Sources {
public:
    explicit Sources(const Transcript& transcript) {
        for (const TranscriptSegment& segment : transcript.segments) {
            if (segment.kind == SegmentKind::Speech) {
                m_lines.emplace_back(segment.id, contentWords(segment.text));
            }
        }
    }

    /// Lines that share the most words with `words`, and at least half of them; none in doubt.
    std::vector<std::int64_t> find(const std::set<std::u32string>& words) const {
        std::vector<std::int64_t> best;
        std::size_t most = std::max(kLeastShared, (words.size() + 1) / 2);
        for (const auto& [id, said] : m_lines) {
            const auto shared = static_cast<std::size_t>(
                std::count_if(words.begin(), words.end(), [&, &line = said](const auto& word) {
                    return shareWords({word}, line);
                }));
            if (shared > most) {
                best.clear();
                most = shared;
            }
            if (shared == most && best.size() < kMostFound) {
                best.push_back(id);
            }
        }
        return best;
    }

private:
    std::vector<std::pair<std::int64_t, std::set<std::u32string>>> m_lines;
};

} // namespace

Summary parseSummary(std::string_view answer, const Transcript& transcript, SameLanguage same) {
    Summary summary;
    const Sources sources(same == SameLanguage::Yes ? transcript : Transcript());
    while (!answer.empty()) {
        const std::size_t end = answer.find('\n');
        std::string text(trimmed(answer.substr(0, end)));
        answer.remove_prefix(end == std::string_view::npos ? answer.size() : end + 1);
        if (text.empty() || text.find_first_not_of("-*_ ") == std::string::npos) {
            continue;
        }
        SummaryLine line;
        line.isBullet = takeBullet(text);
        std::vector<std::int64_t> ids = takeSources(text);
        std::sort(ids.begin(), ids.end());
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        if (text.empty()) {
            continue; // nothing but marks
        }
        std::set<std::u32string> said;
        for (const TranscriptSegment& segment : transcript.segments) {
            if (std::binary_search(ids.begin(), ids.end(), segment.id)) {
                line.sources.push_back(segment.id);
                said.merge(contentWords(segment.text));
            }
        }
        line.isBullet = line.isBullet || !ids.empty();
        if (line.isBullet || !isHeading(text)) {
            const std::set<std::u32string> words = contentWords(text);
            if (ids.empty()) {
                line.sources = sources.find(words);
                line.support = line.sources.empty() ? Support::None : Support::Found;
            } else {
                const bool alike = same == SameLanguage::No || shareWords(words, said);
                line.support = line.sources.empty() ? Support::None
                               : alike              ? Support::Supported
                                                    : Support::Unlikely;
            }
        }
        line.text = std::move(text);
        summary.lines.push_back(std::move(line));
    }
    return summary;
}

std::string summaryMarkdown(const Summary& summary, const Transcript& transcript,
                            const std::string& title) {
    std::string text = "# " + title + "\n\n";
    for (const std::string& problem : summary.problems) {
        text += "> **Missing:** " + problem + "\n\n";
    }
    if (!summary.note.empty()) {
        text += "> " + summary.note + "\n\n";
    }
    bool list = false;
    for (const SummaryLine& line : summary.lines) {
        text += line.isBullet ? "- " : list ? "\n" : "";
        text += line.text;
        for (const std::int64_t id : line.sources) {
            const TranscriptSegment* segment = findSegment(transcript, id);
            const double start = transcript.seconds(segment->startSample);
            text += " [" + clockText(start) +
                    "](#t=" + std::to_string(static_cast<long long>(start)) + ')';
        }
        if (line.support == Support::None || line.support == Support::Unlikely) {
            text += " (no source found)";
        }
        text += line.isBullet ? "\n" : "\n\n";
        list = line.isBullet;
    }
    return text;
}

} // namespace phial::meetings
