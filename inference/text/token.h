// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace phial::text {

/// Row of the embedding table that stands for a piece of text. Valid ids are not negative.
using TokenId = std::int32_t;

/// Largest vocabulary that a tokenizer file may ask for. Real ones have about 200,000 tokens; the
/// limit keeps a broken file from asking for gigabytes.
constexpr TokenId kMaxVocabulary = 1 << 22;

} // namespace phial::text
