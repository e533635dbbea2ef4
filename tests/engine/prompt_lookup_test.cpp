// SPDX-License-Identifier: MIT
#include "inference/engine/prompt_lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace phial {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Ids = std::vector<std::int32_t>;

TEST(PromptLookup, FindsWhatFollowedTheLastThreeTokens) {
    const PromptLookup lookup(Ids{1, 2, 3, 4, 5, 6, 9, 2, 3, 7, 0, 1, 2, 3});
    const PromptLookup::Guess guess = lookup.guess(4);
    EXPECT_THAT(guess.ids, ElementsAre(4, 5, 6, 9)); // not 7, which only two tokens lead to
    EXPECT_EQ(guess.matched, 3U);
}

TEST(PromptLookup, TakesTwoTokensWhereThreeNeverStoodBefore) {
    const PromptLookup lookup(Ids{1, 2, 3, 4, 5, 8, 2, 3});
    const PromptLookup::Guess guess = lookup.guess(2);
    EXPECT_THAT(guess.ids, ElementsAre(4, 5));
    EXPECT_EQ(guess.matched, 2U);
}

TEST(PromptLookup, TheLatestPlaceCounts) {
    const PromptLookup lookup(Ids{1, 2, 3, 4, 1, 2, 3, 5, 1, 2, 3});
    EXPECT_THAT(lookup.guess(1).ids, ElementsAre(5));
}

TEST(PromptLookup, GoesOnWithItselfWhereThePlaceReachesTheEnd) {
    const PromptLookup lookup(Ids{7, 7, 7});
    EXPECT_THAT(lookup.guess(5).ids, ElementsAre(7, 7, 7, 7, 7));
    const PromptLookup pair(Ids{1, 2, 1, 2, 1});
    EXPECT_THAT(pair.guess(5).ids, ElementsAre(2, 1, 2, 1, 2));
}

TEST(PromptLookup, KnowsWhatWasWrittenSince) {
    PromptLookup lookup(Ids{1, 2, 3});
    EXPECT_THAT(lookup.guess(3).ids, IsEmpty());
    for (const std::int32_t id : {4, 5, 2, 3}) {
        lookup.push(id);
    }
    EXPECT_THAT(lookup.guess(3).ids, ElementsAre(4, 5, 2));
}

TEST(PromptLookup, GuessesNothingWithoutEnoughText) {
    EXPECT_THAT(PromptLookup(Ids{}).guess(3).ids, IsEmpty());
    EXPECT_THAT(PromptLookup(Ids{5}).guess(3).ids, IsEmpty());
    EXPECT_THAT(PromptLookup(Ids{5, 5}).guess(3).ids, IsEmpty());
    EXPECT_EQ(PromptLookup(Ids{5, 5}).guess(3).matched, 0U);
    EXPECT_THAT(PromptLookup(Ids{1, 2, 1, 2}).guess(0).ids, IsEmpty());
}

TEST(PromptLookup, TokensOfALargeVocabularyAreNotMixedUp) {
    // As sums or shifted by too little these would be one key.
    const PromptLookup lookup(Ids{200063, 1, 5, 9, 200062, 65537, 200063, 2, 5, 8, 200063, 1, 5});
    EXPECT_THAT(lookup.guess(1).ids, ElementsAre(9));
}

} // namespace
} // namespace phial
