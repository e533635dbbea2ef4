// SPDX-License-Identifier: MIT
#include "inference/text/byte_alphabet.h"

#include "inference/text/utf8.h"

#include <array>

namespace phial::text {
namespace {

constexpr std::size_t kAlphabetEnd = 0x144;
constexpr short kNoByte = -1;

constexpr bool standsForItself(std::size_t byte) {
    return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) ||
           (byte >= 174 && byte <= 255);
}

// Byte by code point.
constexpr std::array<short, kAlphabetEnd> kBytes = [] {
    std::array<short, kAlphabetEnd> bytes{};
    bytes.fill(kNoByte);
    std::size_t next = 0x100;
    for (std::size_t byte = 0; byte < 256; ++byte) {
        bytes[standsForItself(byte) ? byte : next++] = static_cast<short>(byte);
    }
    return bytes;
}();

} // namespace

std::optional<std::string> bytesFromAlphabet(std::string_view written) {
    std::string bytes;
    bytes.reserve(written.size());
    while (!written.empty()) {
        const Utf8Char character = readUtf8(written);
        if (character.value >= kAlphabetEnd || kBytes[character.value] == kNoByte) {
            return std::nullopt;
        }
        bytes.push_back(static_cast<char>(kBytes[character.value]));
        written.remove_prefix(character.size);
    }
    return bytes;
}

} // namespace phial::text
