// SPDX-License-Identifier: MIT
#include "inference/text/merge_table.h"

#include "inference/base/error.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <limits>

namespace phial::text {
namespace {

constexpr std::uint32_t kNoRank = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kNoKey = std::numeric_limits<std::uint64_t>::max();

// Below this size a plain search for the best pair beats the heap.
constexpr std::size_t kShortWord = 48;

std::uint64_t pairKey(TokenId left, TokenId right) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32) |
           static_cast<std::uint32_t>(right);
}

} // namespace

MergeTable::MergeTable(std::span<const BpeMerge> merges) {
    check(merges.size() < kNoRank, "too many merges");
    const std::size_t size = std::bit_ceil(merges.size() * 2 + 2);
    m_shift = 64 - std::countr_zero(size);
    m_slots.assign(size, Slot{.key = kNoKey, .merge = {.rank = kNoRank, .result = 0}});
    for (std::size_t rank = 0; rank < merges.size(); ++rank) {
        const BpeMerge& merge = merges[rank];
        check(merge.left >= 0 && merge.right >= 0 && merge.result >= 0, "negative id in a merge");
        const std::uint64_t key = pairKey(merge.left, merge.right);
        m_slots[place(key)] = {
            .key = key,
            .merge = {.rank = static_cast<std::uint32_t>(rank), .result = merge.result}};
    }
}

// Where `key` is, or the free place where it belongs.
std::size_t MergeTable::place(std::uint64_t key) const {
    constexpr std::uint64_t kGoldenRatio = 0x9E3779B97F4A7C15U;
    const std::size_t mask = m_slots.size() - 1;
    std::size_t at = static_cast<std::size_t>(((key ^ (key >> 29)) * kGoldenRatio) >> m_shift);
    while (m_slots[at].key != key && m_slots[at].key != kNoKey) {
        at = (at + 1) & mask;
    }
    return at;
}

MergeTable::Merge MergeTable::find(TokenId left, TokenId right) const {
    return m_slots[place(pairKey(left, right))].merge;
}

void MergeTable::apply(std::vector<TokenId>& ids, std::size_t begin) const {
    check(begin <= ids.size(), "the word begins behind its end");
    const std::size_t size = ids.size() - begin;
    if (size <= kShortWord) {
        applyToShortWord(ids, begin);
    } else {
        applyToLongWord(ids, begin);
    }
}

void MergeTable::applyToShortWord(std::vector<TokenId>& ids, std::size_t begin) const {
    std::size_t size = ids.size() - begin;
    if (size < 2) {
        return;
    }
    TokenId* const word = ids.data() + begin;
    std::array<Merge, kShortWord> merges; // merges[i] joins word[i] and word[i + 1]
    for (std::size_t i = 0; i + 1 < size; ++i) {
        merges[i] = find(word[i], word[i + 1]);
    }
    while (size > 1) {
        std::size_t best = 0;
        for (std::size_t i = 1; i + 1 < size; ++i) {
            if (merges[i].rank < merges[best].rank) {
                best = i;
            }
        }
        if (merges[best].rank == kNoRank) {
            break;
        }
        word[best] = merges[best].result;
        std::copy(word + best + 2, word + size, word + best + 1);
        std::copy(merges.begin() + static_cast<std::ptrdiff_t>(best) + 1,
                  merges.begin() + static_cast<std::ptrdiff_t>(size) - 1,
                  merges.begin() + static_cast<std::ptrdiff_t>(best));
        --size;
        if (best > 0) {
            merges[best - 1] = find(word[best - 1], word[best]);
        }
        if (best + 1 < size) {
            merges[best] = find(word[best], word[best + 1]);
        }
    }
    ids.resize(begin + size);
}

// A linked list of the remaining tokens and a heap of candidates. A candidate is out of date when
// the merge now possible at its place has another rank; equal ranks mean the same pair.
void MergeTable::applyToLongWord(std::vector<TokenId>& ids, std::size_t begin) const {
    struct Node {
        std::uint32_t previous;
        std::uint32_t next;
        Merge merge; // with the next node
    };

    constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
    TokenId* const word = ids.data() + begin;
    const auto size = static_cast<std::uint32_t>(ids.size() - begin);

    // The position in the low half makes the leftmost of equal ranks the smallest candidate.
    const auto candidate = [](std::uint32_t rank, std::uint32_t at) {
        return (static_cast<std::uint64_t>(rank) << 32) | at;
    };
    std::vector<Node> nodes(size);
    std::vector<std::uint64_t> heap;
    heap.reserve(size);
    for (std::uint32_t i = 0; i < size; ++i) {
        Node& node = nodes[i];
        node.previous = i == 0 ? kNone : i - 1;
        node.next = i + 1 == size ? kNone : i + 1;
        node.merge =
            node.next == kNone ? Merge{.rank = kNoRank, .result = 0} : find(word[i], word[i + 1]);
        if (node.merge.rank != kNoRank) {
            heap.push_back(candidate(node.merge.rank, i));
        }
    }
    std::make_heap(heap.begin(), heap.end(), std::greater<>());
    const auto refresh = [&](std::uint32_t at) {
        Node& node = nodes[at];
        node.merge = node.next == kNone ? Merge{.rank = kNoRank, .result = 0}
                                        : find(word[at], word[node.next]);
        if (node.merge.rank != kNoRank) {
            heap.push_back(candidate(node.merge.rank, at));
            std::push_heap(heap.begin(), heap.end(), std::greater<>());
        }
    };
    while (!heap.empty()) {
        std::pop_heap(heap.begin(), heap.end(), std::greater<>());
        const std::uint64_t best = heap.back();
        heap.pop_back();
        const auto at = static_cast<std::uint32_t>(best);
        Node& node = nodes[at];
        if (node.merge.rank != static_cast<std::uint32_t>(best >> 32)) {
            continue;
        }
        word[at] = node.merge.result;
        Node& gone = nodes[node.next];
        gone.merge.rank = kNoRank;
        node.next = gone.next;
        if (node.next != kNone) {
            nodes[node.next].previous = at;
        }
        refresh(at);
        if (node.previous != kNone) {
            refresh(node.previous);
        }
    }
    std::size_t end = begin;
    for (std::uint32_t at = 0; at != kNone; at = nodes[at].next) {
        ids[end++] = word[at];
    }
    ids.resize(end);
}

} // namespace phial::text
