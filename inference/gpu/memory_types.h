// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/buffer.h"

#include <vulkan/vulkan.h>

#include <cstdint>

namespace phial::gpu {

/// The memory type to use for a kind of buffer.
std::uint32_t memoryType(const VkPhysicalDeviceMemoryProperties& memory, Memory kind);

/// Whether memory of this type can be mapped without flushing.
bool hostSees(const VkPhysicalDeviceMemoryProperties& memory, std::uint32_t type);

} // namespace phial::gpu
