// SPDX-License-Identifier: MIT
#include "inference/text/added_tokens.h"

#include "inference/base/error.h"
#include "inference/text/character_class.h"

#include <algorithm>
#include <utility>

namespace phial::text {
namespace {

Error badTokens(const std::string& sentence) {
    return {ErrorCode::BadTokenizer, sentence};
}

} // namespace

AddedTokens::AddedTokens(std::vector<AddedToken> tokens)
    : m_tokens(std::move(tokens)) {
    std::stable_sort(m_tokens.begin(), m_tokens.end(),
                     [](const AddedToken& left, const AddedToken& right) {
                         return left.content.size() > right.content.size();
                     });
    for (std::size_t i = 0; i < m_tokens.size(); ++i) {
        const AddedToken& token = m_tokens[i];
        const std::string id = std::to_string(token.id);
        if (token.content.empty()) {
            throw badTokens("the added token with id " + id + " has no text");
        }
        if (token.id < 0 || token.id >= kMaxVocabulary) {
            throw badTokens("the added token \"" + token.content + "\" has id " + id +
                            ", expected 0 to " + std::to_string(kMaxVocabulary - 1));
        }
        if (!m_byId.emplace(token.id, i).second) {
            throw badTokens("two added tokens have id " + id);
        }
        if (!m_byContent.emplace(token.content, i).second) {
            throw badTokens("the added token \"" + token.content + "\" appears twice");
        }
        m_byFirstByte[static_cast<unsigned char>(token.content.front())].push_back(i);
    }
}

const AddedToken* AddedTokens::find(std::string_view content) const {
    const auto found = m_byContent.find(std::string(content));
    return found == m_byContent.end() ? nullptr : &m_tokens[found->second];
}

const AddedToken* AddedTokens::find(TokenId id) const {
    const auto found = m_byId.find(id);
    return found == m_byId.end() ? nullptr : &m_tokens[found->second];
}

std::optional<AddedTokens::Match> AddedTokens::next(std::string_view text, std::size_t from) const {
    for (std::size_t begin = from; begin < text.size(); ++begin) {
        for (const std::size_t i : m_byFirstByte[static_cast<unsigned char>(text[begin])]) {
            const AddedToken& token = m_tokens[i];
            if (text.compare(begin, token.content.size(), token.content) != 0) {
                continue;
            }
            std::size_t end = begin + token.content.size();
            if (token.swallowsSpace) {
                end += leadingSpaceBytes(text.substr(end));
            }
            return Match{.token = &token, .begin = begin, .end = end};
        }
    }
    return std::nullopt;
}

} // namespace phial::text
