// SPDX-License-Identifier: MIT
#include "app/export/subtitles.h"

#include "app/meetings/unicode_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace phial::exporting {
namespace {

using meetings::displayWidth;
using meetings::Transcript;
using meetings::TranscriptSegment;

/// A piece that a line is not broken inside of.
struct Word {
    std::string text;
    int columns = 0;
    bool spaced = false; ///< a space stands before it
};

bool isSpace(char32_t letter) {
    return letter == ' ' || (letter >= '\t' && letter <= '\r') || letter == 0xA0 ||
           letter == 0x3000;
}

/// Marks that must not begin a line.
bool closes(char32_t letter) {
    constexpr std::u32string_view kMarks = U"、。，．！？：；）」』】…ー～,.!?:;)]}%";
    return kMarks.find(letter) != std::u32string_view::npos;
}

std::vector<Word> wordsOf(std::string_view text, int columns) {
    std::vector<Word> words;
    bool spaced = false;
    bool joins = false; // the next letter goes on with the last word
    for (const char32_t letter : meetings::codePoints(text)) {
        if (isSpace(letter) || letter < 0x20) {
            spaced = true;
            joins = false;
            continue;
        }
        std::string bytes;
        meetings::appendUtf8(bytes, letter);
        const int width = displayWidth(bytes);
        const bool alone = meetings::isUnspacedScript(letter) && !closes(letter);
        const bool extends = !words.empty() && !spaced && (joins || closes(letter)) && !alone;
        if (extends && words.back().columns + width <= columns) {
            words.back().text += bytes;
            words.back().columns += width;
        } else {
            words.push_back({.text = bytes, .columns = width, .spaced = spaced && !words.empty()});
        }
        spaced = false;
        joins = !meetings::isUnspacedScript(letter);
    }
    return words;
}

std::vector<std::string> fill(const std::vector<Word>& words, int columns) {
    std::vector<std::string> lines;
    int used = 0;
    for (const Word& word : words) {
        const int space = word.spaced ? 1 : 0;
        if (lines.empty() || used + space + word.columns > columns) {
            lines.push_back(word.text);
            used = word.columns;
        } else {
            lines.back() += (word.spaced ? " " : "") + word.text;
            used += space + word.columns;
        }
    }
    return lines;
}

std::int64_t milliseconds(const Transcript& transcript, std::int64_t sample) {
    return (sample * 1000 + transcript.rateHz / 2) / transcript.rateHz;
}

/// What is shown at a time, without times yet.
std::vector<std::vector<std::string>> grouped(const std::vector<std::string>& lines) {
    std::vector<std::vector<std::string>> groups;
    for (std::size_t i = 0; i < lines.size(); i += kMostLines) {
        const std::size_t end = std::min(i + kMostLines, lines.size());
        groups.emplace_back(lines.begin() + static_cast<std::ptrdiff_t>(i),
                            lines.begin() + static_cast<std::ptrdiff_t>(end));
    }
    return groups;
}

/// Distributes lines over `count` places in order, so that the two languages run side by side.
std::vector<std::string> spread(const std::vector<std::string>& lines, std::size_t count) {
    std::vector<std::string> places(count);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        places[i * count / lines.size()] = lines[i];
    }
    return places;
}

/// A narrower width with the same number of lines makes them even.
std::vector<std::string> evenLines(const std::vector<Word>& words, int columns) {
    std::vector<std::string> best = fill(words, columns);
    const std::size_t count = best.size();
    int width = columns;
    while (width > columns / 2) {
        std::vector<std::string> narrower = fill(words, --width);
        const bool fits = std::all_of(narrower.begin(), narrower.end(), [&](const auto& line) {
            return displayWidth(line) <= columns;
        });
        if (narrower.size() != count || !fits) {
            break;
        }
        best = std::move(narrower);
    }
    return best;
}

std::vector<std::vector<std::string>> groupsOf(const TranscriptSegment& segment,
                                               Languages languages) {
    const bool translated = !segment.translation.empty();
    if (languages == Languages::Original || !translated) {
        return grouped(wrapped(segment.text, kMostColumns));
    }
    if (languages == Languages::Translation || segment.text.empty()) {
        return grouped(wrapped(segment.translation, kMostColumns));
    }
    std::vector<std::string> first = wrapped(segment.text, kMostColumns);
    std::vector<std::string> second = wrapped(segment.translation, kMostColumns);
    const std::size_t count = std::max(first.size(), second.size());
    first = first.empty() ? first : spread(first, count);
    second = second.empty() ? second : spread(second, count);
    std::vector<std::vector<std::string>> groups(count);
    for (std::size_t i = 0; i < count; ++i) {
        for (const auto* side : {&first, &second}) {
            if (!side->empty() && !(*side)[i].empty()) {
                groups[i].push_back((*side)[i]);
            }
        }
    }
    return groups;
}

std::string timeText(std::int64_t ms, char point) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%02lld:%02lld:%02lld%c%03lld",
                  static_cast<long long>(ms / 3600000), static_cast<long long>(ms / 60000 % 60),
                  static_cast<long long>(ms / 1000 % 60), point, static_cast<long long>(ms % 1000));
    return text.data();
}

/// An arrow in a text would be read as a line of times.
std::string withoutArrows(std::string text) {
    for (std::size_t at = text.find("-->"); at != std::string::npos; at = text.find("-->")) {
        text.replace(at, 3, "→");
    }
    return text;
}

std::string vttText(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        escaped += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    }
    return escaped;
}

} // namespace

std::vector<std::string> wrapped(std::string_view text, int columns) {
    const std::vector<Word> words = wordsOf(text, columns);
    return words.empty() ? std::vector<std::string>() : evenLines(words, columns);
}

std::vector<Cue> makeCues(const Transcript& transcript, Languages languages) {
    std::vector<Cue> cues;
    for (const TranscriptSegment& segment : transcript.segments) {
        const std::vector<std::vector<std::string>> groups = groupsOf(segment, languages);
        const auto columnsOf = [](const std::vector<std::string>& lines) {
            std::int64_t sum = 1;
            for (const std::string& line : lines) {
                sum += displayWidth(line);
            }
            return sum;
        };
        std::int64_t all = 0;
        for (const auto& lines : groups) {
            all += columnsOf(lines);
        }
        const std::int64_t from = milliseconds(transcript, segment.startSample);
        const std::int64_t length = milliseconds(transcript, segment.endSample) - from;
        std::int64_t before = 0;
        for (const auto& lines : groups) {
            const std::int64_t after = before + columnsOf(lines);
            const std::int64_t wanted = from + length * before / all;
            std::int64_t earliest = 0;
            if (!cues.empty()) {
                // The one before makes room where it can, so that this one is not late.
                Cue& last = cues.back();
                last.endMs = std::clamp(wanted - kGapMs, last.startMs + kShortestMs, last.endMs);
                earliest = last.endMs + kGapMs;
            }
            Cue cue{.speaker = segment.speaker, .lines = lines};
            cue.startMs = std::max(wanted, earliest);
            cue.endMs = std::clamp(from + length * after / all, cue.startMs + kShortestMs,
                                   cue.startMs + kLongestMs);
            cues.push_back(std::move(cue));
            before = after;
        }
    }
    return cues;
}

std::string srtOf(const std::vector<Cue>& cues) {
    std::string text;
    for (std::size_t i = 0; i < cues.size(); ++i) {
        text += std::to_string(i + 1) + '\n' + timeText(cues[i].startMs, ',') + " --> " +
                timeText(cues[i].endMs, ',') + '\n';
        for (const std::string& line : cues[i].lines) {
            text += withoutArrows(line) + '\n';
        }
        text += '\n';
    }
    return text;
}

std::string vttOf(const std::vector<Cue>& cues) {
    std::string text = "WEBVTT\n\n";
    for (const Cue& cue : cues) {
        text += timeText(cue.startMs, '.') + " --> " + timeText(cue.endMs, '.') + '\n';
        for (std::size_t i = 0; i < cue.lines.size(); ++i) {
            if (i == 0 && !cue.speaker.empty()) {
                std::string name = cue.speaker;
                std::replace_if(
                    name.begin(), name.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
                // "--" before the bracket would make an arrow.
                text += "<v " + vttText(name) + (name.back() == '-' ? " >" : ">");
            }
            text += vttText(cue.lines[i]) + '\n';
        }
        text += '\n';
    }
    return text;
}

} // namespace phial::exporting
