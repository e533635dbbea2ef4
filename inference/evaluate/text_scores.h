// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace phial::evaluate {

/// How far an answer is from the right one, in words or characters. Counts add up over answers:
/// the rate of a set is the sum of its edits over the sum of its lengths.
struct EditCount {
    std::size_t edits = 0;  ///< fewest insertions, deletions and replacements
    std::size_t length = 0; ///< of the right answer

    EditCount& operator+=(const EditCount& other);

    /// Edits per word or character of the right answer; above 1 when much was invented. Where
    /// nothing should have been said: 0 for nothing, else 1.
    double rate() const;
};

/// The words of a text as they are scored: letters (lower case), digits and marks count, everything
/// else separates. "Anna's 9:30 call" -> "anna", "s", "9", "30", "call". Bytes that are not UTF-8
/// separate.
std::vector<std::string> scoredWords(std::string_view text);

/// The characters of a text; each byte that is not UTF-8 is one character.
std::vector<std::string> characters(std::string_view text);

/// Levenshtein distance of two lists, with a cost of 1 each.
std::size_t editDistance(std::span<const std::string> right, std::span<const std::string> given);

/// Word error count over scoredWords().
EditCount wordEdits(std::string_view right, std::string_view given);

/// Character error count, letter case and punctuation included.
EditCount characterEdits(std::string_view right, std::string_view given);

/// Texts are the same but for white space at their ends.
bool isExact(std::string_view right, std::string_view given);

/// Of lists whose order does not matter, such as the statements of a summary.
struct FactCount {
    std::size_t wanted = 0;
    std::size_t found = 0; ///< of those wanted
    std::size_t said = 0;
    std::size_t invented = 0; ///< said and not wanted

    FactCount& operator+=(const FactCount& other);
};

/// The statements of a summary: its lines, cut also at `marks` (such as "Decision:"), each as
/// scoredWords() joined by spaces; empty ones are left out, repeated ones kept once, sorted.
std::vector<std::string> statements(std::string_view summary, std::span<const std::string> marks);

/// Both lists as statements() gives them.
FactCount countFacts(std::span<const std::string> wanted, std::span<const std::string> said);

} // namespace phial::evaluate
