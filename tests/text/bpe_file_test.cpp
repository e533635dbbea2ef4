// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/text/bpe_file.h"
#include "inference/text/detokenizer.h"
#include "tests/text/text_fixtures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace phial::text {
namespace {

using nlohmann::json;

const std::vector<std::string> kTexts = {"Hello world", "日本語 and they'll 123\n\n",
                                         "<|end|>aaaaaaaa"};

class BpeFile : public testing::Test {
protected:
    void write(const std::string& content) const { m_folder.write("tokenizer.json", content); }

    /// Writes the tiny tokenizer after `change`, and expects loading to fail with `part` in the
    /// message.
    void expectRejected(const std::function<void(json&)>& change, const std::string& part) const {
        json root = m_root;
        change(root);
        write(root.dump());
        expectBad(part);
    }

    void expectBad(const std::string& part) const {
        try {
            loadTokenizer(m_folder.path());
            FAIL() << "accepted; expected: " << part;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::BadTokenizer);
            EXPECT_THAT(error.what(), testing::HasSubstr(part));
            EXPECT_THAT(error.what(), testing::HasSubstr(m_file.string()));
        }
    }

    TemporaryFolder m_folder;
    std::filesystem::path m_file = m_folder.path() / "tokenizer.json";
    json m_root = readJson(tinyFolder() / "tokenizer.json");
};

TEST_F(BpeFile, ReadsMergesInBothSpellings) {
    json root = m_root;
    json& merges = root["model"]["merges"];
    for (json& merge : merges) {
        merge = merge[0].get<std::string>() + " " + merge[1].get<std::string>();
    }
    write(root.dump());
    const auto original = loadTokenizer(tinyFolder());
    const auto respelled = loadTokenizer(m_folder.path());
    for (const auto& row : readJson(tinyFolder() / "cases/tokenizer_cases.json")) {
        const std::string text = row.at("text");
        EXPECT_EQ(original->encodePlain(text), respelled->encodePlain(text));
    }
}

TEST_F(BpeFile, AcceptsHolesAndAddedTokensFarBehindTheRanks) {
    json root = m_root;
    root["added_tokens"].push_back({{"id", 5000}, {"content", "<|far|>"}, {"special", true}});
    write(root.dump());
    const auto tokenizer = loadTokenizer(m_folder.path());
    EXPECT_EQ(tokenizer->vocabularySize(), 5001);
    EXPECT_EQ(tokenizer->bytes(4000), "");
    EXPECT_EQ(tokenizer->encodeTemplate("a<|far|>").back(), 5000);
}

TEST_F(BpeFile, SaysWhatIsWrong) {
    expectRejected([](json& j) { j.erase("model"); }, "\"model\" is missing");
    expectRejected([](json& j) { j["model"]["type"] = "Unigram"; }, "expected \"BPE\"");
    expectRejected([](json& j) { j["model"].erase("vocab"); }, "\"vocab\" is missing");
    expectRejected([](json& j) { j["model"]["merges"] = 7; }, "\"merges\" is missing or not");
    expectRejected([](json& j) { j["model"]["merges"][3] = {"a"}; }, "neither a pair");
    expectRejected([](json& j) { j["model"]["merges"][3] = "ab"; }, "neither a pair");
    expectRejected([](json& j) { j["model"]["merges"][3] = {"qq", "qq"}; }, "not in model.vocab");
    expectRejected([](json& j) { j["model"]["vocab"]["a"] = -1; }, "expected a whole number");
    expectRejected([](json& j) { j["model"]["vocab"]["a"] = 1U << 31; }, "expected a whole number");
    expectRejected([](json& j) { j["model"]["vocab"]["a"] = 1.5; }, "expected a whole number");
    expectRejected([](json& j) { j["model"]["vocab"]["a"] = j["model"]["vocab"]["b"]; },
                   "two tokens of model.vocab have id");
    expectRejected([](json& j) { j["model"]["vocab"]["日"] = 2000; }, "byte-level alphabet");
    expectRejected([](json& j) { j["model"]["vocab"][""] = 2000; }, "empty token");
    expectRejected([](json& j) { j["model"]["vocab"]["<|end|>"] = 2000; }, "in added_tokens");
    expectRejected([](json& j) { j["model"]["byte_fallback"] = true; }, "byte_fallback");
    expectRejected([](json& j) { j["model"]["dropout"] = 0.1; }, "dropout");
    expectRejected([](json& j) { j["model"]["end_of_word_suffix"] = "</w>"; }, "end_of_word");
    expectRejected([](json& j) { j["added_tokens"] = "x"; }, "\"added_tokens\" is missing or not");
    expectRejected([](json& j) { j["added_tokens"][0] = 1; }, "not an object");
    expectRejected([](json& j) { j["added_tokens"][0].erase("id"); }, "expected a whole number");
    expectRejected([](json& j) { j["added_tokens"][0]["id"] = 970; }, "");
    expectRejected([](json& j) { j["added_tokens"][0]["lstrip"] = true; }, "lstrip");
    expectRejected([](json& j) { j["added_tokens"][0]["rstrip"] = "yes"; }, "neither true nor");
    expectRejected([](json& j) { j["normalizer"] = {{"type", "NFC"}}; }, "normalizer");
    expectRejected([](json& j) { j["decoder"]["type"] = "Metaspace"; }, "decoder");
    expectRejected([](json& j) { j["pre_tokenizer"] = nullptr; }, "\"pre_tokenizer\" is missing");
    expectRejected([](json& j) { j["pre_tokenizer"]["pretokenizers"].erase(0); }, "sequence of");
    json::json_pointer split("/pre_tokenizer/pretokenizers/0");
    expectRejected([&](json& j) { j[split]["pattern"]["Regex"] = "\\w+"; }, "not one that Phial");
    expectRejected([&](json& j) { j[split]["invert"] = false; }, "with invert");
    json::json_pointer bytes("/pre_tokenizer/pretokenizers/1");
    expectRejected([&](json& j) { j[bytes]["use_regex"] = true; }, "use_regex");
}

TEST_F(BpeFile, RejectsWhatIsNoJsonObject) {
    for (const char* content : {"", "[]", "7", "{", "{\"model\":", "\xFF\xFE", "null"}) {
        write(content);
        expectBad("");
    }
    write(std::string(200000, '['));
    expectBad("not valid JSON");
}

TEST_F(BpeFile, NamesTheFolderWithoutTokenizer) {
    try {
        loadTokenizer(m_folder.path());
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::BadTokenizer);
        EXPECT_THAT(error.what(), testing::HasSubstr(m_folder.path().string()));
    }
}

/// Every truncation and damage must end in an Error or in a tokenizer that still does its job.
void expectErrorOrWorking(const std::filesystem::path& folder, int& loaded) {
    std::unique_ptr<const Tokenizer> tokenizer;
    try {
        tokenizer = loadTokenizer(folder);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::BadTokenizer) << error.what();
        EXPECT_THAT(error.what(), testing::HasSubstr(folder.string()));
        return;
    }
    ++loaded;
    for (const std::string& text : kTexts) {
        const std::vector<TokenId> ids = tokenizer->encodePlain(text);
        EXPECT_EQ(decode(*tokenizer, ids), text);
        for (const TokenId id : ids) {
            EXPECT_EQ(tokenizer->addedTokens().find(id), nullptr);
        }
        tokenizer->encodeTemplate(text);
    }
}

TEST_F(BpeFile, SurvivesDamagedFiles) {
    const std::string original = readText(tinyFolder() / "tokenizer.json");
    std::mt19937 random(31);
    int loaded = 0;
    for (int round = 0; round < 200; ++round) {
        std::string damaged = original;
        for (std::size_t edits = 1 + pick(random, 3); edits > 0; --edits) {
            const std::size_t at = pick(random, damaged.size());
            const std::size_t size = std::min(pick(random, 40), damaged.size() - at);
            switch (pick(random, 5)) {
            case 0:
                damaged[at] = static_cast<char>(pick(random, 256));
                break;
            case 1:
                damaged.erase(at, size);
                break;
            case 2:
                damaged.insert(at, damaged.substr(pick(random, damaged.size()), size));
                break;
            case 3:
                damaged[at] = static_cast<char>('0' + pick(random, 10));
                break;
            default:
                damaged.resize(std::max<std::size_t>(at, 1));
            }
        }
        SCOPED_TRACE("round " + std::to_string(round));
        write(damaged);
        expectErrorOrWorking(m_folder.path(), loaded);
    }
    EXPECT_LT(loaded, 200);
}

/// Any node of the tree, at random.
json& randomNode(json& root, std::mt19937& random) {
    json* node = &root;
    while (node->is_structured() && !node->empty() && (node == &root || pick(random, 4) != 0)) {
        auto next = node->begin();
        std::advance(next, static_cast<std::ptrdiff_t>(pick(random, node->size())));
        node = &*next;
    }
    return *node;
}

TEST_F(BpeFile, SurvivesWellFormedNonsense) {
    const std::vector<json> values = {
        nullptr,        true,       -1,          0,    97,        958,  1 << 20,
        1e300,          "",         "a",         "Ġ",  "<|end|>", "日", json::array(),
        json::object(), {"a", "b"}, 4294967296U, "BPE"};
    std::mt19937 random(32);
    int loaded = 0;
    for (int round = 0; round < 400; ++round) {
        json root = m_root;
        for (std::size_t edits = 1 + pick(random, 3); edits > 0; --edits) {
            randomNode(root, random) = values[pick(random, values.size())];
        }
        SCOPED_TRACE("round " + std::to_string(round));
        write(root.dump());
        expectErrorOrWorking(m_folder.path(), loaded);
    }
    EXPECT_GT(loaded, 0);
    EXPECT_LT(loaded, 400);
}

} // namespace
} // namespace phial::text
