// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace phial::text {

/// The bytes that a token of tokenizer.json stands for. Byte-level vocabularies write each byte as
/// one printable character: 33-126, 161-172 and 174-255 as the character of that number, the other
/// 68 in order as U+0100 to U+0143 (so a space is "Ġ"). None when `written` has a character that
/// stands for no byte.
/// Source: GPT-2 (Radford et al. 2019), bytes_to_unicode.
std::optional<std::string> bytesFromAlphabet(std::string_view written);

} // namespace phial::text
