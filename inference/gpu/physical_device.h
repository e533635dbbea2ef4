// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/device_options.h"

#include <vulkan/vulkan.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace phial::gpu {

/// A device as the driver describes it, before Phial enables anything.
struct PhysicalDevice {
    VkPhysicalDevice handle = VK_NULL_HANDLE;
    DeviceInfo info; ///< features: everything the device offers
    VkPhysicalDeviceMemoryProperties memory{};
    std::array<std::uint32_t, 3> maxGroups{};
    std::optional<std::uint32_t> queueFamily; ///< nullopt: cannot compute
    bool timestamps = false;
    double nanosecondsPerTick = 0;
    std::array<std::uint8_t, VK_UUID_SIZE> pipelineCacheUuid{};
    /// Extensions to enable for the features below Vulkan 1.3; empty where they are core.
    bool sizeControlExtension = false;
    bool integerDotExtension = false;
    bool integerDotOffered = false;    ///< accelerated or not
    bool fullSubgroups = false;        ///< workgroups may ask for full subgroups
    bool requiredSubgroupSize = false; ///< compute pipelines may name their subgroup size
};

/// Reads everything about a device. `index` is its place in the loader's list.
PhysicalDevice describe(VkInstance instance, VkPhysicalDevice handle, std::uint32_t index);

/// Switches off the comma-separated features of DeviceOptions::disable. Throws
/// Error{InvalidArgument} for an unknown name.
void disableFeatures(DeviceFeatures& features, const std::string& names);

/// The kernels of DeviceOptions::prefer. Throws Error{InvalidArgument} for an unknown name.
PreferredKernels preferredKernels(const std::string& names);

} // namespace phial::gpu
