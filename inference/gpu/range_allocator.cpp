// SPDX-License-Identifier: MIT
#include "inference/gpu/range_allocator.h"

#include "inference/base/error.h"

#include <bit>
#include <iterator>
#include <limits>

namespace phial::gpu {

RangeAllocator::RangeAllocator(std::uint64_t size)
    : m_size(size) {
    check(size > 0, "a block of memory cannot be empty");
    m_gaps.emplace(0, size);
}

std::optional<std::uint64_t> RangeAllocator::allocate(std::uint64_t bytes,
                                                      std::uint64_t alignment) {
    check(bytes > 0 && std::has_single_bit(alignment), "bad size or alignment");
    auto best = m_gaps.end();
    std::uint64_t bestWaste = std::numeric_limits<std::uint64_t>::max();
    for (auto gap = m_gaps.begin(); gap != m_gaps.end(); ++gap) {
        const std::uint64_t start = (gap->first + alignment - 1) & ~(alignment - 1);
        const std::uint64_t padding = start - gap->first;
        if (padding > gap->second || gap->second - padding < bytes) {
            continue;
        }
        if (gap->second - bytes < bestWaste) {
            bestWaste = gap->second - bytes;
            best = gap;
        }
    }
    if (best == m_gaps.end()) {
        return std::nullopt;
    }
    const auto [gapStart, gapBytes] = *best;
    const std::uint64_t start = (gapStart + alignment - 1) & ~(alignment - 1);
    const std::uint64_t end = start + bytes;
    m_gaps.erase(best);
    if (start > gapStart) {
        m_gaps.emplace(gapStart, start - gapStart);
    }
    if (gapStart + gapBytes > end) {
        m_gaps.emplace(end, gapStart + gapBytes - end);
    }
    m_used += bytes;
    return start;
}

void RangeAllocator::release(std::uint64_t offset, std::uint64_t bytes) {
    check(bytes <= m_used && offset + bytes <= m_size, "freed a range that was not handed out");
    m_used -= bytes;
    auto [gap, inserted] = m_gaps.emplace(offset, bytes);
    check(inserted, "freed a range twice");
    if (const auto next = std::next(gap);
        next != m_gaps.end() && gap->first + gap->second == next->first) {
        gap->second += next->second;
        m_gaps.erase(next);
    }
    if (gap != m_gaps.begin()) {
        const auto previous = std::prev(gap);
        if (previous->first + previous->second == gap->first) {
            previous->second += gap->second;
            m_gaps.erase(gap);
        }
    }
}

} // namespace phial::gpu
