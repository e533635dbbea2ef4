// SPDX-License-Identifier: MIT
#include "app/meetings/unicode_text.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include <array>
#include <cstdint>

namespace phial::meetings {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct Decoded {
    char32_t letter = kReplacement;
    std::size_t length = 1;
};

Decoded decode(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    if (lead < 0x80) {
        return {.letter = lead, .length = 1};
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || length > text.size()) {
        return {};
    }
    char32_t letter = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if (!isContinuation(text[i])) {
            return {};
        }
        letter = letter << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = letter >= 0xD800 && letter <= 0xDFFF;
    if (letter < kSmallest[length] || letter > 0x10FFFF || surrogate) {
        return {};
    }
    return {.letter = letter, .length = length};
}

} // namespace

bool isUnspacedScript(char32_t letter) {
    return (letter >= 0x3000 && letter <= 0x9FFF) || (letter >= 0xF900 && letter <= 0xFAFF) ||
           (letter >= 0xFF00 && letter <= 0xFFEF) || (letter >= 0x20000 && letter <= 0x3FFFF);
}

std::vector<char32_t> codePoints(std::string_view utf8) {
    std::vector<char32_t> letters;
    while (!utf8.empty()) {
        const Decoded next = decode(utf8);
        letters.push_back(next.letter);
        utf8.remove_prefix(next.length);
    }
    return letters;
}

char32_t nextLetter(std::string_view utf8, std::size_t& at) {
    const Decoded next = decode(utf8.substr(at));
    at += next.length;
    return next.letter;
}

void appendUtf8(std::string& text, char32_t letter) {
    const auto put = [&](char32_t byte) { text.push_back(static_cast<char>(byte)); };
    if (letter < 0x80) {
        put(letter);
    } else if (letter < 0x800) {
        put(0xC0U | letter >> 6U);
        put(0x80U | (letter & 0x3FU));
    } else if (letter < 0x10000) {
        put(0xE0U | letter >> 12U);
        put(0x80U | (letter >> 6U & 0x3FU));
        put(0x80U | (letter & 0x3FU));
    } else {
        put(0xF0U | letter >> 18U);
        put(0x80U | (letter >> 12U & 0x3FU));
        put(0x80U | (letter >> 6U & 0x3FU));
        put(0x80U | (letter & 0x3FU));
    }
}

namespace {

/// Each letter of the text as `change` gives it.
template <typename Change>
std::string changedLetters(std::string_view text, Change change) {
    std::string changed;
    changed.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        appendUtf8(changed, change(nextLetter(text, at)));
    }
    return changed;
}

bool isControl(char32_t letter) {
    return (letter < 0x20 && letter != '\n' && letter != '\t') ||
           (letter >= 0x7F && letter < 0xA0) || letter == 0x2028 || letter == 0x2029;
}

} // namespace

std::string validUtf8(std::string_view text) {
    return changedLetters(text, [](char32_t letter) { return letter; });
}

std::string plainText(std::string_view text) {
    return changedLetters(text, [](char32_t letter) { return isControl(letter) ? U' ' : letter; });
}

char32_t foldedLetter(char32_t letter) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2* nfd = unorm2_getNFDInstance(&status);
    std::array<UChar, 32> parts{};
    auto code = static_cast<UChar32>(letter);
    if (U_SUCCESS(status)) {
        const std::int32_t count = unorm2_getDecomposition(
            nfd, code, parts.data(), static_cast<std::int32_t>(parts.size()), &status);
        // Hangul syllables are letters of their own here, not a base with accents.
        const bool hangul = letter >= 0xAC00 && letter <= 0xD7A3;
        if (U_SUCCESS(status) && count > 0 && !hangul) {
            U16_GET(parts.data(), 0, 0, count, code);
        }
    }
    return static_cast<char32_t>(u_foldCase(code, U_FOLD_CASE_DEFAULT));
}

int displayWidth(std::string_view utf8) {
    int width = 0;
    for (const char32_t letter : codePoints(utf8)) {
        const auto code = static_cast<UChar32>(letter);
        const auto type = u_charType(code);
        if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR) {
            continue;
        }
        const int wide = u_getIntPropertyValue(code, UCHAR_EAST_ASIAN_WIDTH);
        width += wide == U_EA_WIDE || wide == U_EA_FULLWIDTH ? 2 : 1;
    }
    return width;
}

std::vector<TextRange> findFolded(std::string_view text, std::string_view needle) {
    std::vector<char32_t> wanted;
    for (const char32_t letter : codePoints(needle)) {
        wanted.push_back(foldedLetter(letter));
    }
    std::vector<char32_t> letters;
    std::vector<std::size_t> starts;
    for (std::size_t at = 0; at < text.size();) {
        const Decoded next = decode(text.substr(at));
        letters.push_back(foldedLetter(next.letter));
        starts.push_back(at);
        at += next.length;
    }
    starts.push_back(text.size());
    std::vector<TextRange> found;
    for (std::size_t i = 0; !wanted.empty() && i + wanted.size() <= letters.size();) {
        std::size_t same = 0;
        while (same < wanted.size() && letters[i + same] == wanted[same]) {
            ++same;
        }
        if (same == wanted.size()) {
            found.push_back({.begin = starts[i], .length = starts[i + same] - starts[i]});
            i += same;
        } else {
            ++i;
        }
    }
    return found;
}

} // namespace phial::meetings
