// SPDX-License-Identifier: MIT
#include "inference/evaluate/text_scores.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

namespace phial::evaluate {
namespace {

using Words = std::vector<std::string>;

TEST(TextScores, WordsIgnoreCaseAndPunctuation) {
    EXPECT_EQ(scoredWords("Anna's 9:30 call -- GEÄNDERT!"),
              (Words{"anna", "s", "9", "30", "call", "geändert"}));
    EXPECT_EQ(scoredWords(" \n"), Words{});
    EXPECT_EQ(scoredWords("¿Qué?\xff Élan"), (Words{"qué", "élan"}));
}

TEST(TextScores, CharactersAreWholeUtf8Characters) {
    EXPECT_EQ(characters("aé\xff"), (Words{"a", "é", "\xff"}));
    EXPECT_EQ(characterEdits("Größe", "Grosse").edits, 3U);
    EXPECT_EQ(characterEdits("Größe", "Grosse").length, 5U);
}

TEST(TextScores, KnownDistances) {
    EXPECT_EQ(editDistance(characters("kitten"), characters("sitting")), 3U);
    EXPECT_EQ(editDistance(characters("intention"), characters("execution")), 5U);
    EXPECT_EQ(editDistance({}, characters("abc")), 3U);
    EXPECT_EQ(editDistance(characters("abc"), {}), 3U);
}

/// The definition itself, without a table.
std::size_t plainDistance(std::span<const std::string> a, std::span<const std::string> b) {
    if (a.empty() || b.empty()) {
        return a.size() + b.size();
    }
    return std::min({plainDistance(a.subspan(1), b.subspan(1)) + (a[0] == b[0] ? 0 : 1),
                     plainDistance(a.subspan(1), b) + 1, plainDistance(a, b.subspan(1)) + 1});
}

TEST(TextScores, DistanceIsThatOfItsDefinition) {
    std::mt19937 random(7);
    const auto list = [&] {
        Words words(random() % 7);
        std::generate(words.begin(), words.end(),
                      [&] { return std::string(1, static_cast<char>('a' + random() % 3)); });
        return words;
    };
    for (int round = 0; round < 200; ++round) {
        const Words a = list();
        const Words b = list();
        EXPECT_EQ(editDistance(a, b), plainDistance(a, b));
    }
}

TEST(TextScores, RatesAreSumsOverSums) {
    EditCount count = wordEdits("We will meet on Monday.", "we will meet Monday");
    EXPECT_DOUBLE_EQ(count.rate(), 0.2);
    count += wordEdits("Yes.", "no no");
    EXPECT_EQ(count.edits, 3U);
    EXPECT_DOUBLE_EQ(count.rate(), 0.5);
}

TEST(TextScores, WordsInventedOnSilenceAreCounted) {
    EXPECT_EQ(wordEdits("", "Thank you.").edits, 2U);
    EXPECT_DOUBLE_EQ(wordEdits("", "Thank you.").rate(), 1.0);
    EXPECT_DOUBLE_EQ(wordEdits("", " ").rate(), 0.0);
}

TEST(TextScores, ExactMeansExact) {
    EXPECT_TRUE(isExact("Am Montag.", " Am Montag.\n"));
    EXPECT_FALSE(isExact("Am Montag.", "am Montag."));
    EXPECT_TRUE(isExact("", "\n"));
}

TEST(TextScores, FactsAreFoundWhateverTheirOrder) {
    const Words marks = {"Decision:", "Action:"};
    const Words wanted = statements("Decision: We meet on Monday.\nAction: Anna calls Ben.", marks);
    ASSERT_EQ(wanted, (Words{"anna calls ben", "we meet on monday"}));
    const Words said = statements(
        "Action: Anna calls Ben. Decision: we meet on Friday.\nAction: Anna calls Ben.", marks);
    const FactCount count = countFacts(wanted, said);
    EXPECT_EQ(count.wanted, 2U);
    EXPECT_EQ(count.found, 1U);
    EXPECT_EQ(count.said, 2U);
    EXPECT_EQ(count.invented, 1U);
}

} // namespace
} // namespace phial::evaluate
