// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace phial::text {

/// How text is cut into words before byte-pair merging ("pre-tokenizer"). Named after the
/// vocabularies that were made with it.
enum class WordPattern {
    O200k,      ///< Phi-4 family: words are split where lower case turns into upper case
    LetterRuns, ///< the embedded study model: any run of letters is one word
};

/// The regular expression that `pattern` stands for, as it is written in tokenizer.json.
std::string_view patternText(WordPattern pattern);

/// The pattern whose regular expression is exactly `regex`, or none.
std::optional<WordPattern> findPattern(std::string_view regex);

/// End of the word of `text` that begins at byte `begin` (< text.size()). Words follow each other
/// without gaps: calling again with the returned end walks through the whole text, in time linear
/// in its length.
/// Gives exactly what a backtracking engine finds for patternText(); bytes that are not UTF-8
/// count as symbols. Thread-safe.
std::size_t wordEnd(WordPattern pattern, std::string_view text, std::size_t begin);

} // namespace phial::text
