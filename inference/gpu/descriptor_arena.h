// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/vulkan_handle.h"

#include <cstdint>
#include <vector>

namespace phial::gpu {

/// Descriptor sets of one command buffer; all are given back at once. One thread.
class DescriptorArena {
public:
    explicit DescriptorArena(VkDevice device)
        : m_device(device) {}

    /// A set of `layout`, which has `bindings` storage buffers.
    VkDescriptorSet allocate(VkDescriptorSetLayout layout, std::uint32_t bindings);
    /// Nothing that uses the sets may still be running.
    void reset();

private:
    VkDescriptorPool addPool();

    VkDevice m_device;
    std::vector<DescriptorPoolHandle> m_pools;
    std::size_t m_pool = 0; // in use
    std::uint32_t m_sets = 0;
    std::uint32_t m_buffers = 0;
};

} // namespace phial::gpu
