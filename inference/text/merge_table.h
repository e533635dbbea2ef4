// SPDX-License-Identifier: MIT
#pragma once

#include "inference/text/token.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace phial::text {

/// Two neighbouring tokens that may become one.
struct BpeMerge {
    TokenId left = 0;
    TokenId right = 0;
    TokenId result = 0;
};

/// The merges of a byte-pair vocabulary, in order of priority. Immutable, thread-safe.
class MergeTable {
public:
    /// Earlier merges win. When a pair is listed twice the later entry counts. Ids must not be
    /// negative.
    explicit MergeTable(std::span<const BpeMerge> merges);

    /// Merges the tokens ids[begin..] of one word until no merge applies: always the pair of the
    /// lowest rank, the leftmost of equals. Takes O(n log n) for n tokens; n < 2^31.
    void apply(std::vector<TokenId>& ids, std::size_t begin) const;

private:
    struct Merge {
        std::uint32_t rank;
        TokenId result;
    };

    /// One place of the hash table, which is open-addressed because looking up pairs takes most of
    /// the time of encoding.
    struct Slot {
        std::uint64_t key;
        Merge merge;
    };

    Merge find(TokenId left, TokenId right) const;
    std::size_t place(std::uint64_t key) const;
    void applyToShortWord(std::vector<TokenId>& ids, std::size_t begin) const;
    void applyToLongWord(std::vector<TokenId>& ids, std::size_t begin) const;

    std::vector<Slot> m_slots; // a power of two, at most half full
    int m_shift = 0;
};

} // namespace phial::text
