// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/text/bpe_tokenizer.h"
#include "inference/text/detokenizer.h"
#include "tests/text/text_fixtures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace phial::text {
namespace {

using Ids = std::vector<TokenId>;

class TinyTokenizer : public testing::Test {
protected:
    std::unique_ptr<const Tokenizer> m_tokenizer = loadTokenizer(tinyFolder());
};

bool hasAddedToken(const Tokenizer& tokenizer, const Ids& ids) {
    return std::any_of(ids.begin(), ids.end(),
                       [&](TokenId id) { return tokenizer.addedTokens().find(id) != nullptr; });
}

TEST_F(TinyTokenizer, GivesTheReferenceIdsAndTexts) {
    const auto rows = readJson(tinyFolder() / "cases/tokenizer_cases.json");
    ASSERT_EQ(rows.size(), 60U);
    for (const auto& row : rows) {
        const std::string text = row.at("text");
        const Ids ids = m_tokenizer->encodeTemplate(text);
        EXPECT_EQ(ids, row.at("ids").get<Ids>()) << text;
        EXPECT_EQ(decode(*m_tokenizer, ids, SpecialTokens::Show), row.at("decode_keep_special"));
        EXPECT_EQ(decode(*m_tokenizer, ids, SpecialTokens::Skip), row.at("decode_skip_special"));
    }
}

TEST_F(TinyTokenizer, DecodesTheReferenceContinuations) {
    int continuations = 0;
    const auto golden = readJson(tinyFolder() / "golden.json");
    for (const auto& [name, entry] : golden.at("cases").items()) {
        if (entry.value("kind", "") == "model") {
            const auto file = tinyFolder() / entry.at("file").get<std::string>();
            EXPECT_EQ(decode(*m_tokenizer, readIds(file, "greedy_ids"), SpecialTokens::Show),
                      entry.at("greedy_text"))
                << name;
            ++continuations;
        }
    }
    EXPECT_GE(continuations, 9);
}

TEST_F(TinyTokenizer, KnowsItsSpecialTokens) {
    EXPECT_EQ(m_tokenizer->specialId("<|end|>"), 980);
    EXPECT_EQ(m_tokenizer->specialId("<|tool|>"), 983);
    EXPECT_EQ(m_tokenizer->specialId("<|nothing|>"), std::nullopt);
    EXPECT_TRUE(m_tokenizer->isSpecial(980));
    EXPECT_FALSE(m_tokenizer->isSpecial(983)); // a tool token is shown
    EXPECT_FALSE(m_tokenizer->isSpecial(5));
    EXPECT_EQ(m_tokenizer->vocabularySize(), 989);
    EXPECT_EQ(m_tokenizer->bytes(980), "<|end|>");
    EXPECT_EQ(m_tokenizer->startToken(), std::nullopt);
    for (const TokenId nothing : {-1, 958, 960, 989, 1023, 1 << 30}) {
        EXPECT_EQ(m_tokenizer->bytes(nothing), "") << nothing;
        EXPECT_FALSE(m_tokenizer->isSpecial(nothing));
    }
}

TEST_F(TinyTokenizer, MakesNoSpecialTokenOutOfPlainText) {
    for (const AddedToken& token : m_tokenizer->addedTokens().all()) {
        const std::string text = "x" + token.content + " " + token.content + token.content;
        const Ids ids = m_tokenizer->encodePlain(text);
        EXPECT_FALSE(hasAddedToken(*m_tokenizer, ids)) << text;
        EXPECT_EQ(decode(*m_tokenizer, ids), text);
        EXPECT_TRUE(hasAddedToken(*m_tokenizer, m_tokenizer->encodeTemplate(text)));
    }
}

TEST_F(TinyTokenizer, RandomTextComesBackUnchanged) {
    std::mt19937 random(21);
    for (int round = 0; round < 3000; ++round) {
        const std::string text = randomText(random, 60);
        const Ids ids = m_tokenizer->encodePlain(text);
        ASSERT_EQ(decode(*m_tokenizer, ids), text);
        ASSERT_FALSE(hasAddedToken(*m_tokenizer, ids));
    }
}

TEST_F(TinyTokenizer, AnyBytesComeBackAsBytes) {
    std::mt19937 random(22);
    for (int round = 0; round < 500; ++round) {
        std::string text;
        for (std::size_t i = pick(random, 40); i > 0; --i) {
            text.push_back(static_cast<char>(pick(random, 256)));
        }
        std::string bytes;
        for (const TokenId id : m_tokenizer->encodePlain(text)) {
            bytes += m_tokenizer->bytes(id);
        }
        ASSERT_EQ(bytes, text);
    }
}

TEST_F(TinyTokenizer, RepeatedWordsGetTheSameIdsAsSingleOnes) {
    // The words of a text share a cache; encoding each alone uses none.
    std::mt19937 random(23);
    const std::vector<std::string> words = {" the",  " model", "Übersetzung", " 日本語",
                                            " they", "!!!",    " x",          "\n\n"};
    for (int round = 0; round < 50; ++round) {
        std::string text;
        Ids expected;
        for (int i = 0; i < 30; ++i) {
            text += words[pick(random, words.size())];
        }
        std::size_t begin = 0;
        while (begin < text.size()) {
            const std::size_t end = wordEnd(WordPattern::O200k, text, begin);
            const Ids ids = m_tokenizer->encodePlain(text.substr(begin, end - begin));
            expected.insert(expected.end(), ids.begin(), ids.end());
            begin = end;
        }
        ASSERT_EQ(m_tokenizer->encodePlain(text), expected) << text;
    }
}

TEST_F(TinyTokenizer, LongWordsComeBackUnchanged) {
    for (const std::string& part : {std::string("a"), std::string("the"), std::string("日本")}) {
        std::string text;
        while (text.size() < 200000) {
            text += part;
        }
        EXPECT_EQ(decode(*m_tokenizer, m_tokenizer->encodePlain(text)), text);
    }
}

TEST(EmbeddedTokenizer, GivesTheIdsOfTheExpectedTexts) {
    const auto tokenizer = loadTokenizer(embeddedFolder());
    const auto rows = readJson(goldenFolder() / "recordings/expected.json");
    int compared = 0;
    for (const auto& row : rows) {
        for (const char* task : {"transcribe", "german", "spanish", "french"}) {
            const std::string text = row.at(task).at("text");
            const Ids ids = row.at(task).at("token_ids");
            EXPECT_EQ(decode(*tokenizer, ids), text);
            EXPECT_EQ(ids.back(), tokenizer->specialId("<|end|>"));
            Ids encoded = tokenizer->encodePlain(text);
            encoded.push_back(ids.back());
            // The model wrote these ids itself; where it wrote correctly spelled words it used
            // the tokenizer's own segmentation.
            compared += encoded == ids ? 1 : 0;
        }
    }
    EXPECT_EQ(rows.size(), 12U);
    EXPECT_GE(compared, 44);
}

TEST(BpeTokenizer, SwallowsAllWhiteSpaceBehindTokensThatAskForIt) {
    BpeModel model = byteModel();
    model.addedTokens = {{.id = 300, .content = "<a>", .special = true, .swallowsSpace = true},
                         {.id = 301, .content = "<b>", .special = true, .swallowsSpace = false}};
    const BpeTokenizer tokenizer(std::move(model));
    EXPECT_EQ(tokenizer.encodeTemplate("<a> \u3000\r\n\u0085<b> <a>"), (Ids{300, 301, 32, 300}));
    EXPECT_EQ(tokenizer.encodeTemplate("<a>\u200B"), (Ids{300, 0xE2, 0x80, 0x8B}));
    EXPECT_EQ(tokenizer.encodeTemplate(" <a>  "), (Ids{32, 300}));
    EXPECT_EQ(tokenizer.vocabularySize(), 302);
    EXPECT_EQ(tokenizer.bytes(299), "");
}

TEST(BpeTokenizer, TakesTheLongestOfSeveralSpecialTokens) {
    BpeModel model = byteModel();
    model.addedTokens = {{.id = 256, .content = "<end>"},
                         {.id = 257, .content = "<end><end>"},
                         {.id = 258, .content = "end"},
                         {.id = 259, .content = "<end><en"}};
    const BpeTokenizer tokenizer(std::move(model));
    EXPECT_EQ(tokenizer.encodeTemplate("<end><end><end>end"), (Ids{257, 256, 258}));
    EXPECT_EQ(tokenizer.encodeTemplate("<end><enx"), (Ids{259, 'x'}));
    EXPECT_EQ(tokenizer.encodeTemplate("<en"), (Ids{'<', 'e', 'n'}));
}

TEST(BpeTokenizer, KeepsWholeWordsOnlyWhenTheModelSaysSo) {
    BpeModel model = byteModel();
    model.tokens.push_back("abc"); // no merge leads there
    model.wholeWords = WholeWords::Merge;
    EXPECT_EQ(BpeTokenizer(model).encodePlain("abc"), (Ids{'a', 'b', 'c'}));
    model.wholeWords = WholeWords::Keep;
    EXPECT_EQ(BpeTokenizer(model).encodePlain("abc"), (Ids{256}));
    model.addedTokens = {{.id = 256, .content = "abc"}};
    EXPECT_EQ(BpeTokenizer(model).encodePlain("abc"), (Ids{'a', 'b', 'c'}));
}

void expectRejected(const BpeModel& model, const std::string& part) {
    try {
        const BpeTokenizer tokenizer(model);
        FAIL() << "accepted; expected: " << part;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::BadTokenizer);
        EXPECT_THAT(error.what(), testing::HasSubstr(part));
    }
}

TEST(BpeTokenizer, RejectsModelsThatContradictThemselves) {
    BpeModel model = byteModel();
    model.tokens[65].clear();
    expectRejected(model, "no token for the byte 65");

    model = byteModel();
    model.tokens.push_back("ab");
    model.merges = {{.left = 'a', .right = 'b', .result = 257}};
    expectRejected(model, "merge 0 names token 257");
    model.merges = {{.left = 'a', .right = 'c', .result = 256}};
    expectRejected(model, "merge 0 does not make");
    model.merges = {{.left = 'a', .right = 'b', .result = 256}};
    model.addedTokens = {{.id = 256, .content = "ab"}};
    expectRejected(model, "out of plain text");
    model.merges.clear();
    model.addedTokens = {{.id = 256, .content = "<end>"}};
    expectRejected(model, "id 256 is both");
    model.addedTokens = {{.id = 97, .content = "a"}};
    expectRejected(model, "no token for the byte 97");
    model.addedTokens = {{.id = 300, .content = "<x>"}, {.id = 300, .content = "<y>"}};
    expectRejected(model, "two added tokens have id 300");
    model.addedTokens = {{.id = 300, .content = "<x>"}, {.id = 301, .content = "<x>"}};
    expectRejected(model, "appears twice");
    model.addedTokens = {{.id = 300, .content = ""}};
    expectRejected(model, "has no text");
    model.addedTokens = {{.id = kMaxVocabulary, .content = "<x>"}};
    expectRejected(model, "expected 0 to");
}

} // namespace
} // namespace phial::text
