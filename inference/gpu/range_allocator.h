// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace phial::gpu {

/// Hands out ranges of [0, size): the smallest gap that fits, neighbours joined on free. No memory
/// behind it.
class RangeAllocator {
public:
    explicit RangeAllocator(std::uint64_t size);

    /// Offset of `bytes` > 0 bytes at a multiple of `alignment` (a power of two), or nullopt when
    /// no gap fits.
    std::optional<std::uint64_t> allocate(std::uint64_t bytes, std::uint64_t alignment);

    /// Gives back what allocate() returned, with the same size.
    void release(std::uint64_t offset, std::uint64_t bytes);

    std::uint64_t size() const { return m_size; }

    std::uint64_t used() const { return m_used; }

    bool empty() const { return m_used == 0; }

private:
    std::uint64_t m_size;
    std::uint64_t m_used = 0;
    std::map<std::uint64_t, std::uint64_t> m_gaps; // offset -> bytes; never adjacent
};

} // namespace phial::gpu
