// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/buffer.h"
#include "inference/gpu/device.h"
#include "inference/gpu/physical_device.h"
#include "inference/gpu/range_allocator.h"
#include "inference/gpu/vulkan_handle.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace phial::gpu {

/// Device memory in blocks: small requests share a block, large ones get one of exactly their size,
/// so that a model's weights waste nothing. Empty blocks go back to the driver. One thread.
class MemoryPool {
public:
    /// One vkAllocateMemory.
    struct Block {
        MemoryHandle memory;
        std::byte* mapped = nullptr; ///< null when not host-visible
        RangeAllocator ranges;
        Memory kind = Memory::Device;
    };

    /// A part of a block.
    struct Range {
        Block* block = nullptr;
        std::uint64_t offset = 0;
        std::uint64_t bytes = 0;
    };

    MemoryPool(const PhysicalDevice& physical, VkDevice device, std::uint64_t limitBytes);

    /// Throws Error{OutOfDeviceMemory} naming `purpose`.
    Range allocate(const VkMemoryRequirements& needs, Memory kind, const std::string& purpose);
    void release(const Range& range) noexcept;

    MemoryUse use() const;

    std::uint64_t allocationsMade() const { return m_allocationsMade; }

private:
    std::uint64_t budgetNow() const;
    std::uint32_t typeFor(Memory kind) const;
    std::uint64_t nextBlockBytes(Memory kind) const;
    Block& makeBlock(std::uint64_t bytes, Memory kind, const std::string& purpose);

    const PhysicalDevice& m_physical;
    VkDevice m_device;
    std::uint64_t m_limitBytes;
    std::array<std::uint32_t, 3> m_types{}; // by Memory
    std::vector<std::unique_ptr<Block>> m_blocks;
    std::uint64_t m_allocated = 0;
    std::uint64_t m_peak = 0;
    std::uint64_t m_allocationsMade = 0;
};

} // namespace phial::gpu
