// SPDX-License-Identifier: MIT
// The judge of the merges is the plain definition: search all pairs, merge the best, repeat.
#include "inference/text/merge_table.h"
#include "tests/text/text_fixtures.h"

#include <gtest/gtest.h>

#include <map>

namespace phial::text {
namespace {

using Ids = std::vector<TokenId>;

Ids mergeByDefinition(const std::vector<BpeMerge>& merges, Ids ids) {
    std::map<std::pair<TokenId, TokenId>, std::size_t> ranks;
    for (std::size_t rank = 0; rank < merges.size(); ++rank) {
        ranks[{merges[rank].left, merges[rank].right}] = rank;
    }
    while (true) {
        std::size_t best = merges.size();
        std::size_t at = 0;
        for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
            const auto found = ranks.find({ids[i], ids[i + 1]});
            if (found != ranks.end() && found->second < best) {
                best = found->second;
                at = i;
            }
        }
        if (best == merges.size()) {
            return ids;
        }
        ids[at] = merges[best].result;
        ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    }
}

/// Random merges over `letters` letters: parts are any earlier tokens, so that merges overlap and
/// some can never come up. Now and then a pair comes twice.
std::vector<BpeMerge> randomMerges(std::mt19937& random, std::size_t letters, std::size_t count) {
    std::vector<BpeMerge> merges;
    for (std::size_t i = 0; i < count; ++i) {
        const auto any = [&] { return static_cast<TokenId>(pick(random, letters + i)); };
        merges.push_back(
            {.left = any(), .right = any(), .result = static_cast<TokenId>(letters + i)});
    }
    std::shuffle(merges.begin(), merges.end(), random);
    return merges;
}

TEST(MergeTable, DoesWhatTheDefinitionSaysForShortAndLongWords) {
    std::mt19937 random(11);
    for (int round = 0; round < 400; ++round) {
        const std::size_t letters = 1 + pick(random, 4);
        const std::vector<BpeMerge> merges = randomMerges(random, letters, pick(random, 40));
        const MergeTable table(merges);
        for (const std::size_t size : {0, 1, 2, 3, 7, 47, 48, 49, 50, 130}) {
            Ids word(size);
            for (TokenId& id : word) {
                id = static_cast<TokenId>(pick(random, letters));
            }
            Ids ids = {-1, -2}; // what stands before the word is left alone
            ids.insert(ids.end(), word.begin(), word.end());
            table.apply(ids, 2);
            Ids expected = {-1, -2};
            const Ids merged = mergeByDefinition(merges, word);
            expected.insert(expected.end(), merged.begin(), merged.end());
            ASSERT_EQ(ids, expected) << "round " << round << ", size " << size;
        }
    }
}

TEST(MergeTable, TakesTheLeftmostOfEqualPairs) {
    const std::vector<BpeMerge> merges = {{.left = 0, .right = 0, .result = 1}};
    const MergeTable table(merges);
    for (const std::size_t size : {5U, 101U}) {
        Ids ids(size, 0);
        table.apply(ids, 0);
        Ids expected(size / 2, 1);
        expected.push_back(0);
        EXPECT_EQ(ids, expected);
    }
}

TEST(MergeTable, WithoutMergesChangesNothing) {
    const MergeTable table({});
    Ids ids(60, 3);
    table.apply(ids, 0);
    EXPECT_EQ(ids, Ids(60, 3));
}

} // namespace
} // namespace phial::text
