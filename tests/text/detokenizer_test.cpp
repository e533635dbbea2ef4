// SPDX-License-Identifier: MIT
// The judge of the replacement of broken UTF-8 is ICU; a few rows were made with Python.
#include "inference/text/detokenizer.h"
#include "tests/text/text_fixtures.h"

#include <gtest/gtest.h>
#include <unicode/unistr.h>

namespace phial::text {
namespace {

using Ids = std::vector<TokenId>;

/// Tokens of one byte each (id = byte), and "<end>" and "<tool>" behind them.
BpeTokenizer byteTokenizer() {
    BpeModel model = byteModel();
    model.addedTokens = {{.id = 256, .content = "<end>", .special = true},
                         {.id = 257, .content = "<tool>", .special = false}};
    return BpeTokenizer(std::move(model));
}

Ids idsOf(std::string_view bytes) {
    Ids ids;
    for (const char byte : bytes) {
        ids.push_back(static_cast<unsigned char>(byte));
    }
    return ids;
}

std::string judged(const std::string& bytes) {
    std::string text;
    icu::UnicodeString::fromUTF8(bytes).toUTF8String(text);
    return text;
}

TEST(Detokenizer, ReplacesBrokenBytesLikePython) {
    const BpeTokenizer tokenizer = byteTokenizer();
    const std::vector<std::pair<std::string, std::string>> rows = {
        {"ok", "ok"},
        {"\xE2\x82", "\uFFFD"},
        {"\xE2\x28\xA1", "\uFFFD(\uFFFD"},
        {"\xF0\x80\x80\x80"
         "a",
         "\uFFFD\uFFFD\uFFFD\uFFFDa"},
        {"\xC0\xAF", "\uFFFD\uFFFD"},
        {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
        {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
        {"\xF0\x9F\x98", "\uFFFD"},
        {"a\xFF"
         "b",
         "a\uFFFDb"},
        {"\xE0\x80\xAF", "\uFFFD\uFFFD\uFFFD"},
        {"\xF0\x9F\x98\xF0\x9F\x98\x80", "\uFFFD\U0001F600"},
        {"\xC3\xC3\xA9\xE2", "\uFFFD\u00E9\uFFFD"},
    };
    for (const auto& [bytes, text] : rows) {
        EXPECT_EQ(decode(tokenizer, idsOf(bytes)), text);
        EXPECT_EQ(judged(bytes), text);
    }
}

TEST(Detokenizer, AgreesWithIcuOnRandomBytesAndReturnsOnlyCompleteText) {
    const BpeTokenizer tokenizer = byteTokenizer();
    // Bytes at which the rules change.
    const std::string edges = "a \x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xEC\xED\xEE"
                              "\xEF\xF0\xF1\xF3\xF4\xF5\xFF";
    std::mt19937 random(41);
    for (int round = 0; round < 20000; ++round) {
        std::string bytes;
        for (std::size_t i = pick(random, 10); i > 0; --i) {
            bytes.push_back(edges[pick(random, edges.size())]);
        }
        Detokenizer detokenizer(tokenizer);
        std::string text;
        for (const TokenId id : idsOf(bytes)) {
            const std::string piece = detokenizer.push(id);
            ASSERT_EQ(judged(piece), piece) << "not complete UTF-8";
            text += piece;
        }
        ASSERT_EQ(text + detokenizer.flush(), judged(bytes)) << "round " << round;
    }
}

TEST(Detokenizer, DoesNotDependOnHowBytesAreGrouped) {
    // The same bytes as single-byte tokens and as tokens of two and three bytes.
    BpeModel model = byteModel();
    std::mt19937 random(42);
    const std::string text = "aé日😀€!";
    std::vector<std::string> groups;
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const std::size_t size : {2U, 3U}) {
            groups.push_back(text.substr(at, size));
        }
    }
    model.tokens.insert(model.tokens.end(), groups.begin(), groups.end());
    const BpeTokenizer tokenizer(std::move(model));
    for (int round = 0; round < 500; ++round) {
        Ids grouped;
        std::size_t at = 0;
        while (at < text.size()) {
            const std::size_t choice = pick(random, 3);
            const std::size_t group = 256 + at * 2 + (choice == 2 ? 1 : 0);
            grouped.push_back(choice == 0 ? static_cast<unsigned char>(text[at])
                                          : static_cast<TokenId>(group));
            at += tokenizer.bytes(grouped.back()).size();
        }
        ASSERT_EQ(decode(tokenizer, grouped), text);
    }
}

TEST(Detokenizer, ShowsACharacterAsSoonAsItIsComplete) {
    const BpeTokenizer tokenizer = byteTokenizer();
    Detokenizer detokenizer(tokenizer);
    EXPECT_EQ(detokenizer.push(0xE2), "");
    EXPECT_EQ(detokenizer.push(0x82), "");
    EXPECT_EQ(detokenizer.push(0xAC), "€");
    EXPECT_EQ(detokenizer.push(0xE2), "");
    EXPECT_EQ(detokenizer.push('x'), "\uFFFDx"); // now certain
    EXPECT_EQ(detokenizer.push(0xF0), "");
    EXPECT_EQ(detokenizer.flush(), "\uFFFD");
    EXPECT_EQ(detokenizer.flush(), "");
}

TEST(Detokenizer, SkipsSpecialTokensAndShowsToolTokens) {
    const BpeTokenizer tokenizer = byteTokenizer();
    const Ids ids = {'a', 256, 257, 'b', -5, 9999};
    EXPECT_EQ(decode(tokenizer, ids), "a<tool>b");
    EXPECT_EQ(decode(tokenizer, ids, SpecialTokens::Show), "a<end><tool>b");
    // Skipped tokens leave no trace, not even in the middle of a character.
    EXPECT_EQ(decode(tokenizer, Ids{0xC3, 256, 0xA9}), "é");
    EXPECT_EQ(decode(tokenizer, Ids{' ', 'a'}), " a");
}

} // namespace
} // namespace phial::text
