// SPDX-License-Identifier: MIT
#pragma once

#include "inference/text/token.h"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace phial::text {

/// A token that stands for a fixed string and is never built from smaller ones, such as
/// "<|user|>".
struct AddedToken {
    TokenId id = 0;
    std::string content;        ///< UTF-8, not empty
    bool special = true;        ///< left out when text for people is made
    bool swallowsSpace = false; ///< `rstrip`: white space behind it belongs to it
};

/// The added tokens of a tokenizer, and where they stand in trusted text. Immutable, thread-safe.
class AddedTokens {
public:
    AddedTokens() = default;

    /// Throws Error{BadTokenizer} when a string is empty, or an id or string appears twice, or an
    /// id lies outside 0 .. kMaxVocabulary - 1.
    explicit AddedTokens(std::vector<AddedToken> tokens);

    std::span<const AddedToken> all() const { return m_tokens; }

    /// The token written `content`, or null.
    const AddedToken* find(std::string_view content) const;

    /// The token with this id, or null.
    const AddedToken* find(TokenId id) const;

    /// A token in a text; `end` lies behind the white space that it swallows.
    struct Match {
        const AddedToken* token = nullptr;
        std::size_t begin = 0;
        std::size_t end = 0;
    };

    /// The leftmost token of `text` at or behind byte `from`; of several that begin there the
    /// longest.
    std::optional<Match> next(std::string_view text, std::size_t from) const;

private:
    std::vector<AddedToken> m_tokens; // longest first
    std::unordered_map<TokenId, std::size_t> m_byId;
    std::unordered_map<std::string, std::size_t> m_byContent;
    std::array<std::vector<std::size_t>, 256> m_byFirstByte; // longest first
};

} // namespace phial::text
