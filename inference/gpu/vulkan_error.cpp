// SPDX-License-Identifier: MIT
#include "inference/gpu/vulkan_error.h"

#include "inference/base/error.h"

namespace phial::gpu {

std::string vulkanResultName(VkResult result) {
    switch (result) {
    case VK_SUCCESS:
        return "VK_SUCCESS";
    case VK_NOT_READY:
        return "VK_NOT_READY";
    case VK_TIMEOUT:
        return "VK_TIMEOUT";
    case VK_INCOMPLETE:
        return "VK_INCOMPLETE";
    case VK_ERROR_OUT_OF_HOST_MEMORY:
        return "VK_ERROR_OUT_OF_HOST_MEMORY";
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
        return "VK_ERROR_OUT_OF_DEVICE_MEMORY";
    case VK_ERROR_INITIALIZATION_FAILED:
        return "VK_ERROR_INITIALIZATION_FAILED";
    case VK_ERROR_DEVICE_LOST:
        return "VK_ERROR_DEVICE_LOST";
    case VK_ERROR_MEMORY_MAP_FAILED:
        return "VK_ERROR_MEMORY_MAP_FAILED";
    case VK_ERROR_LAYER_NOT_PRESENT:
        return "VK_ERROR_LAYER_NOT_PRESENT";
    case VK_ERROR_EXTENSION_NOT_PRESENT:
        return "VK_ERROR_EXTENSION_NOT_PRESENT";
    case VK_ERROR_FEATURE_NOT_PRESENT:
        return "VK_ERROR_FEATURE_NOT_PRESENT";
    case VK_ERROR_INCOMPATIBLE_DRIVER:
        return "VK_ERROR_INCOMPATIBLE_DRIVER";
    case VK_ERROR_TOO_MANY_OBJECTS:
        return "VK_ERROR_TOO_MANY_OBJECTS";
    case VK_ERROR_OUT_OF_POOL_MEMORY:
        return "VK_ERROR_OUT_OF_POOL_MEMORY";
    default:
        return "VkResult " + std::to_string(static_cast<int>(result));
    }
}

void throwVulkanError(VkResult result, std::string_view what) {
    const std::string detail = std::string(what) + " failed with " + vulkanResultName(result);
    switch (result) {
    case VK_ERROR_DEVICE_LOST:
        throw Error(
            ErrorCode::DeviceLost,
            "The graphics driver stopped answering (" + detail +
                "). Close other programs that use the graphics card and start Phial again.");
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
        throw Error(ErrorCode::OutOfDeviceMemory,
                    "The graphics device has too little memory (" + detail +
                        "). Close other programs that use it, or use a smaller model.");
    case VK_ERROR_OUT_OF_HOST_MEMORY:
    case VK_ERROR_MEMORY_MAP_FAILED:
        throw Error(ErrorCode::OutOfHostMemory,
                    "The computer has too little memory (" + detail + ").");
    case VK_ERROR_INCOMPATIBLE_DRIVER:
    case VK_ERROR_INITIALIZATION_FAILED:
        throw Error(ErrorCode::NoDevice, "No usable Vulkan driver was found (" + detail +
                                             "). Install the driver of the graphics card, or "
                                             "mesa-vulkan-drivers.");
    case VK_ERROR_FEATURE_NOT_PRESENT:
    case VK_ERROR_EXTENSION_NOT_PRESENT:
        throw Error(ErrorCode::DeviceUnsuitable,
                    "The graphics device lacks something Phial needs (" + detail + ").");
    default:
        throw Error(ErrorCode::Internal, "Vulkan: " + detail + ".");
    }
}

} // namespace phial::gpu
