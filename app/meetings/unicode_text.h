// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace phial::meetings {

/// Whether a byte goes on with a letter of UTF-8 instead of beginning one.
constexpr bool isContinuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// Chinese and Japanese letters and their punctuation, written without spaces.
bool isUnspacedScript(char32_t letter);

/// Broken UTF-8 becomes U+FFFD, one per byte.
std::vector<char32_t> codePoints(std::string_view utf8);

/// The same one by one: the letter at byte `at`, which moves behind it. at < utf8.size().
char32_t nextLetter(std::string_view utf8, std::size_t& at);
void appendUtf8(std::string& text, char32_t letter);

/// Replaces broken UTF-8 by U+FFFD.
std::string validUtf8(std::string_view text);

/// What a model said, as text that can be kept, shown and written to a terminal: broken UTF-8
/// becomes U+FFFD, control characters and the line separators of Unicode become spaces; '\n' and
/// '\t' stay.
std::string plainText(std::string_view text);

/// Without case and accents: "É" and "e" are both "e". One letter for one.
char32_t foldedLetter(char32_t letter);

/// Columns that a text takes where Chinese and Japanese letters are twice as wide; 0 for combining
/// marks.
int displayWidth(std::string_view utf8);

/// Bytes [begin, begin + length) of a text.
struct TextRange {
    std::size_t begin = 0;
    std::size_t length = 0;

    bool operator==(const TextRange&) const = default;
};

/// Every place where `needle` stands in `text`, case and accents aside; in order, not overlapping.
std::vector<TextRange> findFolded(std::string_view text, std::string_view needle);

} // namespace phial::meetings
