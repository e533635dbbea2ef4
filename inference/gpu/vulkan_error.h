// SPDX-License-Identifier: MIT
#pragma once

#include <vulkan/vulkan.h>

#include <string>
#include <string_view>

namespace phial::gpu {

/// "VK_ERROR_DEVICE_LOST" and the like.
std::string vulkanResultName(VkResult result);

/// Throws the Error that fits `result`; `what` names the call and its object: "creating a fence".
[[noreturn]] void throwVulkanError(VkResult result, std::string_view what);

/// For calls whose only good answer is VK_SUCCESS.
inline void vulkanCheck(VkResult result, std::string_view what) {
    if (result != VK_SUCCESS) {
        throwVulkanError(result, what);
    }
}

} // namespace phial::gpu
