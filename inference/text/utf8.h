// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

namespace phial::text {

/// What stands at the beginning of a byte string that should be UTF-8.
struct Utf8Char {
    enum class Status {
        Valid,   ///< one character of `size` bytes
        Invalid, ///< `size` bytes that no valid text contains; a decoder shows one U+FFFD for them
        Truncated, ///< all of the bytes are the beginning of a character whose rest is missing
    };
    Status status = Status::Invalid;
    std::size_t size = 1;
    char32_t value = 0xFFFD; ///< U+FFFD unless Valid
};

/// Reads the first character of `bytes`, which must not be empty. Overlong forms, surrogates and
/// values above U+10FFFF are invalid. Invalid bytes are taken as the longest run that begins like
/// a character ("maximal subpart", Unicode standard 3.9), which is what Python's errors="replace"
/// and web browsers do.
Utf8Char readUtf8(std::string_view bytes);

/// Replaces the text shown for bytes that are not UTF-8.
constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

} // namespace phial::text
