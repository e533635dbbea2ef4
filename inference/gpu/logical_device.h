// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/physical_device.h"

#include <vulkan/vulkan.h>

namespace phial::gpu {

/// A VkDevice with one compute queue and exactly the features of `physical.info.features` enabled.
class LogicalDevice {
public:
    explicit LogicalDevice(const PhysicalDevice& physical);
    ~LogicalDevice();
    LogicalDevice(const LogicalDevice&) = delete;
    LogicalDevice& operator=(const LogicalDevice&) = delete;

    VkDevice get() const { return m_device; }

    VkQueue queue() const { return m_queue; }

private:
    VkDevice m_device = VK_NULL_HANDLE;
    VkQueue m_queue = VK_NULL_HANDLE;
};

} // namespace phial::gpu
