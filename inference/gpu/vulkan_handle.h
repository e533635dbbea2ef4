// SPDX-License-Identifier: MIT
#pragma once

#include <vulkan/vulkan.h>

#include <utility>

namespace phial::gpu {

/// Owns one handle made from a VkDevice; move-only. The VkDevice outlives it.
template <class Handle, auto destroy>
class DeviceHandle {
public:
    DeviceHandle() = default;

    DeviceHandle(VkDevice device, Handle handle)
        : m_device(device)
        , m_handle(handle) {}

    ~DeviceHandle() { reset(); }

    DeviceHandle(DeviceHandle&& other) noexcept
        : m_device(other.m_device)
        , m_handle(std::exchange(other.m_handle, VK_NULL_HANDLE)) {}

    DeviceHandle& operator=(DeviceHandle&& other) noexcept {
        if (this != &other) {
            reset();
            m_device = other.m_device;
            m_handle = std::exchange(other.m_handle, VK_NULL_HANDLE);
        }
        return *this;
    }

    DeviceHandle(const DeviceHandle&) = delete;
    DeviceHandle& operator=(const DeviceHandle&) = delete;

    Handle get() const { return m_handle; }

    explicit operator bool() const { return m_handle != VK_NULL_HANDLE; }

    void reset() noexcept {
        if (m_handle != VK_NULL_HANDLE) {
            destroy(m_device, m_handle, nullptr);
            m_handle = VK_NULL_HANDLE;
        }
    }

private:
    VkDevice m_device = VK_NULL_HANDLE;
    Handle m_handle = VK_NULL_HANDLE;
};

using BufferHandle = DeviceHandle<VkBuffer, vkDestroyBuffer>;
using MemoryHandle = DeviceHandle<VkDeviceMemory, vkFreeMemory>;
using SemaphoreHandle = DeviceHandle<VkSemaphore, vkDestroySemaphore>;
using CommandPoolHandle = DeviceHandle<VkCommandPool, vkDestroyCommandPool>;
using DescriptorPoolHandle = DeviceHandle<VkDescriptorPool, vkDestroyDescriptorPool>;
using DescriptorSetLayoutHandle = DeviceHandle<VkDescriptorSetLayout, vkDestroyDescriptorSetLayout>;
using PipelineLayoutHandle = DeviceHandle<VkPipelineLayout, vkDestroyPipelineLayout>;
using PipelineHandle = DeviceHandle<VkPipeline, vkDestroyPipeline>;
using PipelineCacheHandle = DeviceHandle<VkPipelineCache, vkDestroyPipelineCache>;
using ShaderModuleHandle = DeviceHandle<VkShaderModule, vkDestroyShaderModule>;
using QueryPoolHandle = DeviceHandle<VkQueryPool, vkDestroyQueryPool>;

} // namespace phial::gpu
