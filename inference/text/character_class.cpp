// SPDX-License-Identifier: MIT
#include "inference/text/character_class.h"

#include "inference/text/utf8.h"

#include <unicode/uchar.h>

#include <array>

namespace phial::text {
namespace {

constexpr CharClass asciiClass(unsigned byte) {
    if (byte >= 'a' && byte <= 'z') {
        return CharClass::Lower;
    }
    if (byte >= 'A' && byte <= 'Z') {
        return CharClass::Upper;
    }
    if (byte >= '0' && byte <= '9') {
        return CharClass::Number;
    }
    if (byte == '\r' || byte == '\n') {
        return CharClass::Newline;
    }
    if (byte == ' ' || (byte >= '\t' && byte <= '\r')) {
        return CharClass::Space;
    }
    return CharClass::Symbol;
}

// Most text is ASCII, and one load is much cheaper than a walk through ICU's tables.
constexpr std::array<CharClass, 128> kAscii = [] {
    std::array<CharClass, 128> classes{};
    for (unsigned byte = 0; byte < classes.size(); ++byte) {
        classes[byte] = asciiClass(byte);
    }
    return classes;
}();

CharClass unicodeClass(char32_t value) {
    const auto point = static_cast<UChar32>(value);
    switch (u_charType(point)) {
    case U_UPPERCASE_LETTER:
    case U_TITLECASE_LETTER:
        return CharClass::Upper;
    case U_LOWERCASE_LETTER:
        return CharClass::Lower;
    case U_MODIFIER_LETTER:
    case U_OTHER_LETTER:
        return CharClass::Caseless;
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_COMBINING_SPACING_MARK:
        return CharClass::Mark;
    case U_DECIMAL_DIGIT_NUMBER:
    case U_LETTER_NUMBER:
    case U_OTHER_NUMBER:
        return CharClass::Number;
    default:
        return u_isUWhiteSpace(point) != 0 ? CharClass::Space : CharClass::Symbol;
    }
}

} // namespace

ClassifiedChar classifyAt(std::string_view text, std::size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < kAscii.size()) {
        return {.kind = kAscii[byte], .end = at + 1};
    }
    const Utf8Char character = readUtf8(text.substr(at, 4));
    const CharClass kind = character.status == Utf8Char::Status::Valid
                               ? unicodeClass(character.value)
                               : CharClass::Symbol;
    return {.kind = kind, .end = at + character.size};
}

std::size_t leadingSpaceBytes(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size()) {
        const ClassifiedChar next = classifyAt(text, end);
        if (!isSpace(next.kind)) {
            break;
        }
        end = next.end;
    }
    return end;
}

} // namespace phial::text
