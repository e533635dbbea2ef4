// SPDX-License-Identifier: MIT
#include "inference/text/utf8.h"

#include "inference/base/error.h"

namespace phial::text {
namespace {

unsigned byteAt(std::string_view bytes, std::size_t index) {
    return static_cast<unsigned char>(bytes[index]);
}

/// The form of a character as its first byte announces it. The second byte has its own range
/// because that is where overlong forms, surrogates and values above U+10FFFF show.
struct Form {
    std::size_t size = 0; // 0 = no character begins with this byte
    unsigned secondLow = 0x80;
    unsigned secondHigh = 0xBF;
};

Form formOf(unsigned first) {
    if (first < 0x80) {
        return {.size = 1};
    }
    if (first < 0xC2 || first > 0xF4) {
        return {};
    }
    if (first < 0xE0) {
        return {.size = 2};
    }
    if (first < 0xF0) {
        return {.size = 3,
                .secondLow = first == 0xE0 ? 0xA0U : 0x80U,
                .secondHigh = first == 0xED ? 0x9FU : 0xBFU};
    }
    return {.size = 4,
            .secondLow = first == 0xF0 ? 0x90U : 0x80U,
            .secondHigh = first == 0xF4 ? 0x8FU : 0xBFU};
}

} // namespace

Utf8Char readUtf8(std::string_view bytes) {
    check(!bytes.empty(), "readUtf8 needs at least one byte");
    const unsigned first = byteAt(bytes, 0);
    const Form form = formOf(first);
    if (form.size == 1) {
        return {.status = Utf8Char::Status::Valid, .size = 1, .value = first};
    }
    if (form.size == 0) {
        return {};
    }
    char32_t value = first & (0x7FU >> form.size);
    for (std::size_t i = 1; i < form.size; ++i) {
        if (i == bytes.size()) {
            return {.status = Utf8Char::Status::Truncated, .size = i};
        }
        const unsigned byte = byteAt(bytes, i);
        const unsigned low = i == 1 ? form.secondLow : 0x80;
        const unsigned high = i == 1 ? form.secondHigh : 0xBF;
        if (byte < low || byte > high) {
            return {.status = Utf8Char::Status::Invalid, .size = i};
        }
        value = (value << 6) | (byte & 0x3FU);
    }
    return {.status = Utf8Char::Status::Valid, .size = form.size, .value = value};
}

} // namespace phial::text
