// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace phial::text {

/// The distinctions that the pre-tokenizer patterns make. Every character has exactly one class.
/// Source: Unicode general categories and White_Space, as in the installed ICU (Unicode 15 in
/// Debian 12); characters assigned later count as Symbol.
enum class CharClass : std::uint8_t {
    Upper,    ///< Lu, Lt
    Lower,    ///< Ll
    Caseless, ///< Lm, Lo
    Mark,     ///< Mn, Mc, Me
    Number,   ///< Nd, Nl, No
    Newline,  ///< carriage return and line feed
    Space,    ///< all other White_Space
    Symbol,   ///< everything else, bytes that are not UTF-8 included
};

/// A character and where the next one begins.
struct ClassifiedChar {
    CharClass kind = CharClass::Symbol;
    std::size_t end = 0;
};

/// The character of `text` at byte `at` (< text.size()).
ClassifiedChar classifyAt(std::string_view text, std::size_t at);

constexpr bool isLetter(CharClass kind) {
    return kind <= CharClass::Caseless;
}

/// \s of the patterns: the Unicode property White_Space.
constexpr bool isSpace(CharClass kind) {
    return kind == CharClass::Newline || kind == CharClass::Space;
}

/// Length in bytes of the white space with which `text` begins.
std::size_t leadingSpaceBytes(std::string_view text);

} // namespace phial::text
