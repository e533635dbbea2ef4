// SPDX-License-Identifier: MIT
#include "inference/text/word_scanner.h"

#include "inference/text/character_class.h"

#include <array>

namespace phial::text {
namespace {

constexpr std::string_view kO200kText =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+)"
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)?)"
    R"(|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*)"
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)?)"
    R"(|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

constexpr std::string_view kLetterRunsText =
    R"([^\r\n\p{L}\p{N}]?\p{L}+)"
    R"(|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

// [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]
bool isUpperSide(CharClass kind) {
    return kind == CharClass::Upper || kind == CharClass::Caseless || kind == CharClass::Mark;
}

// [\p{Ll}\p{Lm}\p{Lo}\p{M}]
bool isLowerSide(CharClass kind) {
    return kind == CharClass::Lower || kind == CharClass::Caseless || kind == CharClass::Mark;
}

// [^\r\n\p{L}\p{N}]
bool isPrefix(CharClass kind) {
    return kind == CharClass::Mark || kind == CharClass::Space || kind == CharClass::Symbol;
}

// [^\s\p{L}\p{N}]
bool isSymbol(CharClass kind) {
    return kind == CharClass::Mark || kind == CharClass::Symbol;
}

/// End of the longest run from `begin` whose characters satisfy `belongs`.
template <typename Predicate>
std::size_t runEnd(std::string_view text, std::size_t begin, Predicate belongs) {
    std::size_t end = begin;
    while (end < text.size()) {
        const ClassifiedChar next = classifyAt(text, end);
        if (!belongs(next.kind)) {
            break;
        }
        end = next.end;
    }
    return end;
}

/// What the middles of the first two alternatives match from one position; none = no match.
struct CasedWord {
    std::optional<std::size_t> mixedEnd; // upper side* lower side+
    std::optional<std::size_t> upperEnd; // upper side+ lower side*
};

CasedWord casedWord(std::string_view text, std::size_t begin) {
    // The greedy upper-side run. The engine gives characters back from its end until the next one
    // can begin the lower-side run: that is the last caseless letter or mark.
    std::size_t end = begin;
    std::optional<std::size_t> givenBack;
    while (end < text.size()) {
        const ClassifiedChar next = classifyAt(text, end);
        if (next.kind == CharClass::Lower) {
            return {.mixedEnd = runEnd(text, next.end, isLowerSide), .upperEnd = std::nullopt};
        }
        if (!isUpperSide(next.kind)) {
            break;
        }
        end = next.end;
        if (next.kind != CharClass::Upper) {
            givenBack = end; // an upper-case letter or the end follows: the lower run stops here
        }
    }
    return {.mixedEnd = givenBack, .upperEnd = end > begin ? std::optional(end) : std::nullopt};
}

char lowerAscii(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// (?i:'s|'t|'re|'ve|'m|'ll|'d)? at `at`. Without regard to case, the long s (U+017F) is an s too.
std::size_t skipContraction(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at, 3);
    if (rest.size() < 2 || rest[0] != '\'') {
        return at;
    }
    const char first = lowerAscii(rest[1]);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') {
        return at + 2;
    }
    if (rest.size() < 3) {
        return at;
    }
    const char second = lowerAscii(rest[2]);
    const bool two = (first == 'r' && second == 'e') || (first == 'v' && second == 'e') ||
                     (first == 'l' && second == 'l') || (rest[1] == '\xC5' && rest[2] == '\xBF');
    return two ? at + 3 : at;
}

// The first two alternatives of the o200k pattern. Each tries its optional first character before
// it tries without; without it only marks differ, since other such characters begin no word.
std::optional<std::size_t> casedWordEnd(std::string_view text, std::size_t begin,
                                        ClassifiedChar first) {
    CasedWord prefixed;
    CasedWord plain;
    if (isPrefix(first.kind)) {
        prefixed = casedWord(text, first.end);
    }
    if (!prefixed.mixedEnd && (isLetter(first.kind) || first.kind == CharClass::Mark)) {
        plain = casedWord(text, begin);
    }
    for (const std::optional<std::size_t>& end :
         {prefixed.mixedEnd, plain.mixedEnd, prefixed.upperEnd, plain.upperEnd}) {
        if (end) {
            return skipContraction(text, *end);
        }
    }
    return std::nullopt;
}

// [^\r\n\p{L}\p{N}]?\p{L}+
std::optional<std::size_t> letterRunEnd(std::string_view text, std::size_t begin,
                                        ClassifiedChar first) {
    const std::size_t letters = isPrefix(first.kind) ? first.end : begin;
    const std::size_t end = runEnd(text, letters, isLetter);
    return end > letters ? std::optional(end) : std::nullopt;
}

// \p{N}{1,3}, whose first digit ends at `firstEnd`.
std::size_t numberEnd(std::string_view text, std::size_t firstEnd) {
    std::size_t end = firstEnd;
    for (int digits = 1; digits < 3 && end < text.size(); ++digits) {
        const ClassifiedChar next = classifyAt(text, end);
        if (next.kind != CharClass::Number) {
            break;
        }
        end = next.end;
    }
    return end;
}

//  ?[^\s\p{L}\p{N}]+[\r\n/]*
std::optional<std::size_t> symbolsEnd(std::string_view text, std::size_t begin) {
    const std::size_t symbols = text[begin] == ' ' ? begin + 1 : begin;
    std::size_t end = runEnd(text, symbols, isSymbol);
    if (end == symbols) {
        return std::nullopt;
    }
    while (end < text.size() && (text[end] == '\r' || text[end] == '\n' || text[end] == '/')) {
        ++end;
    }
    return end;
}

// \s*[\r\n]+|\s+(?!\S)|\s+ : up to the last newline of the white space; without one all of it at
// the end of the text, else all but its last character, which goes to the following word.
std::size_t whiteSpaceEnd(std::string_view text, std::size_t begin) {
    std::size_t end = begin;
    std::size_t lastBegin = begin;
    std::size_t afterNewline = begin;
    while (end < text.size()) {
        const ClassifiedChar next = classifyAt(text, end);
        if (!isSpace(next.kind)) {
            break;
        }
        lastBegin = end;
        end = next.end;
        if (next.kind == CharClass::Newline) {
            afterNewline = end;
        }
    }
    if (afterNewline > begin) {
        return afterNewline;
    }
    return end == text.size() || lastBegin == begin ? end : lastBegin;
}

} // namespace

std::string_view patternText(WordPattern pattern) {
    return pattern == WordPattern::O200k ? kO200kText : kLetterRunsText;
}

std::optional<WordPattern> findPattern(std::string_view regex) {
    for (const WordPattern pattern : std::array{WordPattern::O200k, WordPattern::LetterRuns}) {
        if (patternText(pattern) == regex) {
            return pattern;
        }
    }
    return std::nullopt;
}

std::size_t wordEnd(WordPattern pattern, std::string_view text, std::size_t begin) {
    const ClassifiedChar first = classifyAt(text, begin);
    const std::optional<std::size_t> word = pattern == WordPattern::O200k
                                                ? casedWordEnd(text, begin, first)
                                                : letterRunEnd(text, begin, first);
    if (word) {
        return *word;
    }
    if (first.kind == CharClass::Number) {
        return numberEnd(text, first.end);
    }
    if (const std::optional<std::size_t> symbols = symbolsEnd(text, begin)) {
        return *symbols;
    }
    return whiteSpaceEnd(text, begin);
}

} // namespace phial::text
