// SPDX-License-Identifier: MIT
// The vocabulary of Phi-4 is not part of this project. Where a file with its ranks is at hand, name
// it in PHIAL_O200K_RANKS: lines "! FIRST_RANK BASE64 BASE64 ..." as in the npm package tiktoken.
#include "inference/text/bpe_tokenizer.h"
#include "tests/text/text_fixtures.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>
#include <unordered_map>

namespace phial::text {
namespace {

using Ids = std::vector<TokenId>;
using Ranks = std::unordered_map<std::string, TokenId>;

std::string decodeBase64(std::string_view written) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    unsigned bits = 0;
    int count = 0;
    for (const char digit : written) {
        if (digit == '=') {
            break;
        }
        bits = (bits << 6) | static_cast<unsigned>(kDigits.find(digit));
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes.push_back(static_cast<char>((bits >> count) & 0xFFU));
        }
    }
    return bytes;
}

std::vector<std::string> readTokens(const std::filesystem::path& file) {
    std::vector<std::string> tokens;
    std::istringstream lines(readText(file));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string mark;
        std::size_t rank = 0;
        fields >> mark >> rank;
        for (std::string field; fields >> field; ++rank) {
            tokens.resize(std::max(tokens.size(), rank + 1));
            tokens[rank] = decodeBase64(field);
        }
    }
    return tokens;
}

/// The two tokens that `token` was made of: what merging with all lower ranks leaves.
BpeMerge recoverMerge(const Ranks& ranks, const std::string& token, TokenId rank) {
    std::vector<std::string> parts;
    for (const char byte : token) {
        parts.emplace_back(1, byte);
    }
    while (parts.size() > 2) {
        TokenId best = rank;
        std::size_t at = 0;
        for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
            const auto found = ranks.find(parts[i] + parts[i + 1]);
            if (found != ranks.end() && found->second < best) {
                best = found->second;
                at = i;
            }
        }
        if (best == rank) {
            throw std::runtime_error("no merge makes token " + std::to_string(rank));
        }
        parts[at] += parts[at + 1];
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    }
    return {.left = ranks.at(parts[0]), .right = ranks.at(parts[1]), .result = rank};
}

TEST(O200kVocabulary, GivesTheIdsOfTiktoken) {
    const char* file = std::getenv("PHIAL_O200K_RANKS");
    if (file == nullptr) {
        GTEST_SKIP() << "PHIAL_O200K_RANKS does not name a file with the ranks of o200k_base";
    }
    BpeModel model;
    model.tokens = readTokens(file);
    ASSERT_EQ(model.tokens.size(), 199998U);
    Ranks ranks;
    for (std::size_t id = 0; id < model.tokens.size(); ++id) {
        ranks.emplace(model.tokens[id], static_cast<TokenId>(id));
    }
    for (std::size_t id = 0; id < model.tokens.size(); ++id) {
        if (model.tokens[id].size() > 1) {
            model.merges.push_back(recoverMerge(ranks, model.tokens[id], static_cast<TokenId>(id)));
        }
    }
    EXPECT_EQ(model.merges.size(), 199742U);
    const BpeTokenizer tokenizer(std::move(model));
    const auto rows = readJson(goldenFolder() / "tokenizer-o200k/expected_ids.json");
    ASSERT_EQ(rows.size(), 63U);
    for (const auto& row : rows) {
        const std::string text = row.at("text");
        EXPECT_EQ(tokenizer.encodePlain(text), row.at("ids").get<Ids>()) << text;
    }
}

} // namespace
} // namespace phial::text
