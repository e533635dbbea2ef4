// SPDX-License-Identifier: MIT
#pragma once

#include "inference/text/bpe_model.h"

#include <filesystem>

namespace phial::text {

/// Reads a tokenizer.json with a byte-level BPE vocabulary: no normaliser, the pre-tokenizer
/// Split(one of the patterns in word_scanner.h) + ByteLevel, merges as ["a", "b"] or "a b". Ids
/// may have holes.
/// Throws Error{BadTokenizer} naming the file and the first thing in it that is missing, malformed
/// or of another kind; Error{FileUnreadable}.
/// Source: the file format of the Hugging Face tokenizers library, version "1.0".
BpeModel readBpeModel(const std::filesystem::path& file);

} // namespace phial::text
