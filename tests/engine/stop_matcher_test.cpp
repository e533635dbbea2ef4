// SPDX-License-Identifier: MIT
#include "inference/engine/stop_matcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace phial {
namespace {

struct Streamed {
    std::string text;
    bool matched = false;
};

Streamed stream(const std::vector<std::string>& stops, const std::vector<std::string>& pieces) {
    StopMatcher matcher(stops);
    Streamed result;
    for (const std::string& piece : pieces) {
        result.text += matcher.push(piece);
    }
    result.text += matcher.finish();
    result.matched = matcher.matched();
    return result;
}

TEST(StopMatcher, HoldsBackWhatMayBecomeAStopString) {
    StopMatcher matcher({"STOP"});
    EXPECT_EQ(matcher.push("abc ST"), "abc ");
    EXPECT_EQ(matcher.push("ART ST"), "START ");
    EXPECT_EQ(matcher.push("OP and more"), "");
    EXPECT_TRUE(matcher.matched());
    EXPECT_EQ(matcher.push("nothing"), "");
    EXPECT_EQ(matcher.finish(), "");
}

TEST(StopMatcher, GivesBackAnUnfinishedBeginningAtTheEnd) {
    const Streamed result = stream({"STOP"}, {"abc STO"});
    EXPECT_EQ(result.text, "abc STO");
    EXPECT_FALSE(result.matched);
}

TEST(StopMatcher, EndsAtTheFirstOfSeveral) {
    EXPECT_EQ(stream({"two", "one"}, {"zero one two"}).text, "zero ");
    EXPECT_EQ(stream({"", "x"}, {"abc"}).text, "abc");
    EXPECT_EQ(stream({"aab"}, {"aaa", "ab"}).text, "aa");
}

/// Whatever the pieces: the text before the first stop string of the whole, or all of it.
TEST(StopMatcher, DoesNotDependOnThePieces) {
    std::mt19937 random(11);
    const std::vector<std::string> stops{"aba", "bb",
                                         "\xC3\xA4"
                                         "a"};
    for (int round = 0; round < 500; ++round) {
        std::string whole;
        std::vector<std::string> pieces;
        for (int i = 0; i < 12; ++i) {
            std::string piece;
            for (auto n = random() % 4; n > 0; --n) {
                const auto kind = random() % 5;
                piece += kind < 2 ? "a" : kind < 4 ? "b" : "\xC3\xA4";
            }
            whole += piece;
            pieces.push_back(piece);
        }
        // A stop string that is complete ends the answer although a longer one might have begun
        // earlier, so the expected end is found in the text as it grows.
        std::string grown;
        std::size_t end = std::string::npos;
        for (const std::string& piece : pieces) {
            grown += piece;
            for (const std::string& stop : stops) {
                end = std::min(end, grown.find(stop));
            }
            if (end != std::string::npos) {
                break;
            }
        }
        const Streamed result = stream(stops, pieces);
        EXPECT_EQ(result.text, whole.substr(0, end));
        EXPECT_EQ(result.matched, end != std::string::npos);
    }
}

} // namespace
} // namespace phial
