// SPDX-License-Identifier: MIT
#include "inference/gpu/descriptor_arena.h"

#include "inference/gpu/vulkan_error.h"

namespace phial::gpu {
namespace {

constexpr std::uint32_t kSetsPerPool = 256;
constexpr std::uint32_t kBuffersPerPool = 2048;

} // namespace

VkDescriptorPool DescriptorArena::addPool() {
    const VkDescriptorPoolSize size{.type = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                    .descriptorCount = kBuffersPerPool};
    const VkDescriptorPoolCreateInfo info{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                          .maxSets = kSetsPerPool,
                                          .poolSizeCount = 1,
                                          .pPoolSizes = &size};
    VkDescriptorPool pool = VK_NULL_HANDLE;
    vulkanCheck(vkCreateDescriptorPool(m_device, &info, nullptr, &pool),
                "creating a descriptor pool");
    m_pools.emplace_back(m_device, pool);
    return pool;
}

VkDescriptorSet DescriptorArena::allocate(VkDescriptorSetLayout layout, std::uint32_t bindings) {
    // Counted here, because a full pool is not guaranteed to answer with an error.
    if (m_sets == kSetsPerPool || m_buffers + bindings > kBuffersPerPool) {
        ++m_pool;
        m_sets = 0;
        m_buffers = 0;
    }
    VkDescriptorPool pool = m_pool < m_pools.size() ? m_pools[m_pool].get() : addPool();
    const VkDescriptorSetAllocateInfo info{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
                                           .descriptorPool = pool,
                                           .descriptorSetCount = 1,
                                           .pSetLayouts = &layout};
    VkDescriptorSet set = VK_NULL_HANDLE;
    vulkanCheck(vkAllocateDescriptorSets(m_device, &info, &set), "allocating a descriptor set");
    ++m_sets;
    m_buffers += bindings;
    return set;
}

void DescriptorArena::reset() {
    for (const DescriptorPoolHandle& pool : m_pools) {
        vulkanCheck(vkResetDescriptorPool(m_device, pool.get(), 0), "resetting a descriptor pool");
    }
    m_pool = 0;
    m_sets = 0;
    m_buffers = 0;
}

} // namespace phial::gpu
