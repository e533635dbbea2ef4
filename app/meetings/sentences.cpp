// SPDX-License-Identifier: MIT
#include "app/meetings/sentences.h"

#include "app/meetings/unicode_text.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <string>

namespace phial::meetings {
namespace {

/// Stand before a name or a word, never at the end.
constexpr std::array<std::string_view, 43> kTitles{
    "approx", "bzw",  "ca",  "capt", "cf",  "col",  "dipl", "dr",   "dra", "evtl", "exkl",
    "fr",     "frl",  "gen", "ggf",  "gov", "hon",  "hr",   "incl", "ing", "inkl", "lt",
    "messrs", "mlle", "mme", "mr",   "mrs", "ms",   "mt",   "prof", "rep", "resp", "rev",
    "sen",    "sgt",  "sog", "sr",   "sra", "srta", "st",   "vgl",  "vs",  "zzgl"};

/// Are abbreviations only before a number: "No. 5", "Sept. 3".
constexpr std::array<std::string_view, 31> kBeforeNumbers{
    "abs", "apr", "art", "aug", "bd",  "ch",   "dec", "dez", "eq",  "feb", "fig",
    "jan", "jul", "jun", "kap", "mar", "no",   "nos", "nov", "nr",  "oct", "okt",
    "p",   "pp",  "s",   "sec", "sep", "sept", "tab", "vol", "ziff"};

/// Behind a number with a full stop they make a date, in German with a capital.
constexpr std::array<std::string_view, 14> kBehindOrdinals{
    "januar", "februar",   "märz",    "april",    "mai",      "juni",    "juli",
    "august", "september", "oktober", "november", "dezember", "quartal", "halbjahr"};

bool isWideStop(char32_t letter) {
    return letter == 0x3002 || letter == 0xFF01 || letter == 0xFF1F || letter == 0xFF61;
}

bool isStop(char32_t letter) {
    return letter == '.' || letter == '!' || letter == '?' || letter == 0x2026 ||
           letter == 0x061F || letter == 0x06D4 || letter == 0x0964 || isWideStop(letter);
}

/// Quotes and brackets that close, and the marks of bold and slanted letters.
bool isCloser(char32_t letter) {
    return letter == '"' || letter == '\'' || letter == '*' || letter == '_' || letter == '`' ||
           (u_charType(static_cast<UChar32>(letter)) == U_END_PUNCTUATION && letter != ']') ||
           (u_charType(static_cast<UChar32>(letter)) == U_FINAL_PUNCTUATION) || letter == 0x201C;
}

bool isOpener(char32_t letter) {
    return letter == '"' || letter == '\'' || letter == '*' || letter == '_' || letter == '`' ||
           letter == '-' ||
           ((u_charType(static_cast<UChar32>(letter)) == U_START_PUNCTUATION ||
             u_charType(static_cast<UChar32>(letter)) == U_INITIAL_PUNCTUATION));
}

bool isSpace(char32_t letter) {
    return u_isUWhiteSpace(static_cast<UChar32>(letter)) != 0;
}

std::size_t behindSpaces(std::string_view text, std::size_t at) {
    for (std::size_t next = at; next < text.size(); at = next) {
        if (!isSpace(nextLetter(text, next))) {
            break;
        }
    }
    return at;
}

/// Behind "[12]" at `at`, or `at` when there is none.
std::size_t behindNumbers(std::string_view text, std::size_t at) {
    if (at >= text.size() || text[at] != '[') {
        return at;
    }
    const std::size_t close = text.find_first_not_of("0123456789,;-# ", at + 1);
    const bool any = text.find_first_of("0123456789", at) < close;
    return close != std::string_view::npos && text[close] == ']' && any ? close + 1 : at;
}

/// The letters, digits and full stops before `end`, in small letters of ASCII.
std::string wordBefore(std::string_view text, std::size_t end) {
    std::size_t begin = end;
    const auto belongs = [](char c) {
        return static_cast<unsigned char>(c) >= 0x80 || u_isalnum(c) != 0 || c == '.';
    };
    while (begin > 0 && belongs(text[begin - 1])) {
        --begin;
    }
    std::string word(text.substr(begin, end - begin));
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return word;
}

/// The word that begins at `at`, in small letters of ASCII.
std::string wordFrom(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() &&
           (static_cast<unsigned char>(text[end]) >= 0x80 || u_isalpha(text[end]) != 0)) {
        ++end;
    }
    return wordBefore(text.substr(at, end - at), end - at);
}

template <std::size_t N>
bool isOneOf(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// "e.g", "z.B", "U.S": letters, each followed by a full stop.
bool isDottedLetters(std::string_view word) {
    if (word.size() < 3 || word.size() % 2 == 0 || word == "a.m" || word == "p.m") {
        return false; // times of day do end sentences
    }
    for (std::size_t i = 0; i < word.size(); ++i) {
        if ((word[i] == '.') != (i % 2 == 1)) {
            return false;
        }
    }
    return true;
}

/// Whether a single full stop at `stop` only shortens the word before it. `next`: the letter that
/// follows, at `nextAt`.
bool isAbbreviation(std::string_view text, std::size_t begin, std::size_t stop, char32_t next,
                    std::size_t nextAt) {
    const std::string word = wordBefore(text.substr(begin, stop - begin), stop - begin);
    const bool number = !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
    if (number) {
        const std::string_view before = text.substr(begin, stop - begin - word.size());
        const bool alone = before.find_first_not_of(" *_") == std::string_view::npos;
        return alone || isOneOf(kBehindOrdinals, wordFrom(text, nextAt));
    }
    const bool initial = word.size() == 1;
    const bool digitFollows = next >= '0' && next <= '9';
    return initial || isOneOf(kTitles, word) || isDottedLetters(word) ||
           (digitFollows && isOneOf(kBeforeNumbers, word));
}

} // namespace

std::vector<std::string_view> sentencesOf(std::string_view line) {
    std::vector<std::string_view> sentences;
    std::size_t begin = 0;
    std::size_t at = 0;
    while (at < line.size()) {
        const std::size_t stop = at;
        char32_t letter = nextLetter(line, at);
        if (!isStop(letter)) {
            continue;
        }
        bool wide = isWideStop(letter);
        const bool fullStop = letter == '.';
        std::size_t end = at;
        for (std::size_t next = end; next < line.size(); end = next) {
            letter = nextLetter(line, next);
            if (!isStop(letter)) {
                break;
            }
            wide = wide || isWideStop(letter);
        }
        const bool single = fullStop && end == stop + 1;
        bool closed = false;
        for (std::size_t next = end; next < line.size(); end = next) {
            if (!isCloser(nextLetter(line, next))) {
                break;
            }
            closed = true;
        }
        at = end;
        bool spaces = false;
        for (std::size_t numbers = 0;;) {
            const std::size_t behind = behindSpaces(line, end);
            spaces = spaces || behind > end;
            numbers = behindNumbers(line, behind);
            end = behind;
            if (numbers == behind) {
                break;
            }
            end = numbers;
            spaces = true;
        }
        std::size_t nextAt = end;
        char32_t next = 0;
        for (std::size_t after = nextAt; after < line.size(); nextAt = after) {
            next = nextLetter(line, after);
            if (!isOpener(next)) {
                break;
            }
        }
        // Who speaks may follow behind a quote: 「本当？」と聞いた。
        const bool quoted = wide && closed && !spaces;
        const bool unfinished = !spaces || (u_islower(static_cast<UChar32>(next)) != 0) ||
                                (single && isAbbreviation(line, begin, stop, next, nextAt));
        const bool goesOn = quoted || (!wide && unfinished);
        if (end < line.size() && !goesOn) {
            sentences.push_back(line.substr(begin, end - begin));
            begin = end;
            at = end;
        }
    }
    if (begin < line.size()) {
        sentences.push_back(line.substr(begin));
    }
    return sentences;
}

} // namespace phial::meetings
