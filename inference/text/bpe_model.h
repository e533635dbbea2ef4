// SPDX-License-Identifier: MIT
#pragma once

#include "inference/text/added_tokens.h"
#include "inference/text/merge_table.h"
#include "inference/text/word_scanner.h"

#include <string>
#include <vector>

namespace phial::text {

/// What happens to a word that is a token as it stands.
enum class WholeWords {
    Merge, ///< it is built by merges like any other
    Keep,  ///< it is taken without looking at the merges ("ignore_merges")
};

/// A byte-level BPE vocabulary as plain data, from tokenizer.json (bpe_file.h) or elsewhere.
struct BpeModel {
    std::vector<std::string> tokens; ///< bytes by id, added tokens excepted; empty = no such token
    std::vector<BpeMerge> merges;    ///< by priority, ids into `tokens`
    std::vector<AddedToken> addedTokens; ///< their ids may lie inside or behind `tokens`
    WordPattern pattern = WordPattern::O200k;
    WholeWords wholeWords = WholeWords::Merge;
};

} // namespace phial::text
