// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace phial::gpu {

/// One use of a byte range of a buffer. `buffer` only names it.
struct RangeUse {
    const void* buffer = nullptr;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    bool writes = false;
};

/// Remembers what commands since the last barrier used, and says when the next one must wait for
/// them: when it reads or writes what one of them wrote, or writes what one of them read.
class HazardTracker {
public:
    /// Takes in the uses of one command. True: a barrier belongs in front of it (and everything
    /// before is forgotten). Uses within one command do not conflict with each other.
    bool add(std::span<const RangeUse> uses);

    void clear() { m_uses.clear(); }

private:
    bool conflicts(const RangeUse& use) const;

    std::vector<RangeUse> m_uses;
};

} // namespace phial::gpu
