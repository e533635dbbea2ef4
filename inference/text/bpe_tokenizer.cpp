// SPDX-License-Identifier: MIT
#include "inference/text/bpe_tokenizer.h"

#include "inference/base/error.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace phial::text {
namespace {

// Longer words hardly ever come twice.
constexpr std::size_t kCachedWordBytes = 64;

Error badModel(const std::string& sentence) {
    return {ErrorCode::BadTokenizer, sentence};
}

std::string number(std::size_t value) {
    return std::to_string(value);
}

/// True when `id` is a token that text can become.
bool isTextToken(const BpeModel& model, TokenId id) {
    return id >= 0 && static_cast<std::size_t>(id) < model.tokens.size() &&
           !model.tokens[static_cast<std::size_t>(id)].empty();
}

const std::vector<BpeMerge>& checkedMerges(const BpeModel& model, const AddedTokens& added) {
    for (std::size_t rank = 0; rank < model.merges.size(); ++rank) {
        const BpeMerge& merge = model.merges[rank];
        for (const TokenId id : {merge.left, merge.right, merge.result}) {
            if (!isTextToken(model, id)) {
                throw badModel("merge " + number(rank) + " names token " + std::to_string(id) +
                               ", which the vocabulary does not have");
            }
        }
        const auto token = [&](TokenId id) -> const std::string& {
            return model.tokens[static_cast<std::size_t>(id)];
        };
        if (token(merge.left) + token(merge.right) != token(merge.result)) {
            throw badModel("merge " + number(rank) + " does not make the token it names");
        }
        if (added.find(merge.result) != nullptr) {
            throw badModel("merge " + number(rank) + " would make the special token \"" +
                           added.find(merge.result)->content + "\" out of plain text");
        }
    }
    return model.merges;
}

std::array<TokenId, 256> findByteIds(const BpeModel& model, const AddedTokens& added) {
    std::array<TokenId, 256> ids{};
    ids.fill(-1);
    for (std::size_t id = 0; id < model.tokens.size(); ++id) {
        const std::string& token = model.tokens[id];
        if (token.size() == 1 && added.find(static_cast<TokenId>(id)) == nullptr) {
            ids[static_cast<unsigned char>(token.front())] = static_cast<TokenId>(id);
        }
    }
    const auto missing = std::find(ids.begin(), ids.end(), -1);
    if (missing != ids.end()) {
        throw badModel("the vocabulary has no token for the byte " +
                       std::to_string(missing - ids.begin()) + "; expected all of 0 to 255");
    }
    return ids;
}

} // namespace

BpeTokenizer::BpeTokenizer(BpeModel model)
    : Tokenizer(AddedTokens(model.addedTokens))
    , m_byteIds(findByteIds(model, addedTokens()))
    , m_merges(checkedMerges(model, addedTokens()))
    , m_pattern(model.pattern) {
    m_tokens = std::move(model.tokens);
    for (const AddedToken& token : addedTokens().all()) {
        const auto id = static_cast<std::size_t>(token.id);
        if (id >= m_tokens.size()) {
            m_tokens.resize(id + 1);
        }
        if (!m_tokens[id].empty() && m_tokens[id] != token.content) {
            throw badModel("id " + number(id) + " is both the added token \"" + token.content +
                           "\" and another token of the vocabulary");
        }
        m_tokens[id] = token.content;
    }
    if (model.wholeWords == WholeWords::Keep) {
        for (std::size_t id = 0; id < m_tokens.size(); ++id) {
            if (!m_tokens[id].empty() && addedTokens().find(static_cast<TokenId>(id)) == nullptr) {
                m_wholeWords.emplace(m_tokens[id], static_cast<TokenId>(id));
            }
        }
    }
}

std::string_view BpeTokenizer::bytes(TokenId id) const {
    return id >= 0 && id < vocabularySize() ? m_tokens[static_cast<std::size_t>(id)]
                                            : std::string_view();
}

void BpeTokenizer::appendPlain(std::string_view text, std::vector<TokenId>& ids) const {
    // Words repeat within a text. A word seen before is copied from where its ids already stand in
    // the result; the cache dies with the call, so nothing is shared between threads or grows.
    struct Place {
        std::size_t begin;
        std::size_t size;
    };

    std::unordered_map<std::string_view, Place> seen;
    seen.reserve(std::min<std::size_t>(text.size() / 8, std::size_t{1} << 16));
    if (ids.empty()) {
        ids.reserve(text.size() / 4);
    }
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = wordEnd(m_pattern, text, begin);
        const std::string_view word = text.substr(begin, end - begin);
        begin = end;
        if (word.size() == 1) {
            ids.push_back(m_byteIds[static_cast<unsigned char>(word.front())]);
            continue;
        }
        if (word.size() > kCachedWordBytes) {
            appendWord(word, ids);
            continue;
        }
        const auto [entry, isNew] = seen.try_emplace(word, Place{.begin = ids.size(), .size = 0});
        Place& place = entry->second;
        if (isNew) {
            appendWord(word, ids);
            place.size = ids.size() - place.begin;
        } else {
            for (std::size_t i = 0; i < place.size; ++i) {
                ids.push_back(TokenId{ids[place.begin + i]});
            }
        }
    }
}

void BpeTokenizer::appendWord(std::string_view word, std::vector<TokenId>& ids) const {
    if (!m_wholeWords.empty()) {
        const auto found = m_wholeWords.find(word);
        if (found != m_wholeWords.end()) {
            ids.push_back(found->second);
            return;
        }
    }
    const std::size_t begin = ids.size();
    for (const char byte : word) {
        ids.push_back(m_byteIds[static_cast<unsigned char>(byte)]);
    }
    m_merges.apply(ids, begin);
}

} // namespace phial::text
