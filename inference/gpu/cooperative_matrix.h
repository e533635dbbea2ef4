// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/device_options.h"

#include <vulkan/vulkan.h>

#include <cstdint>
#include <span>
#include <vector>

// VK_KHR_cooperative_matrix, of which the oldest headers that Phial builds with know nothing.
namespace phial::gpu {

inline constexpr const char* kCooperativeMatrixExtension = "VK_KHR_cooperative_matrix";

/// VkPhysicalDeviceCooperativeMatrixFeaturesKHR.
struct CooperativeMatrixFeatures {
    VkStructureType sType = static_cast<VkStructureType>(1000506000);
    void* pNext = nullptr;
    VkBool32 cooperativeMatrix = VK_FALSE;
    VkBool32 robustBufferAccess = VK_FALSE;
};

/// VkCooperativeMatrixPropertiesKHR, with enumerations as their numbers.
struct CooperativeMatrixProperties {
    VkStructureType sType = static_cast<VkStructureType>(1000506001);
    void* pNext = nullptr;
    std::uint32_t rows = 0;    ///< MSize
    std::uint32_t columns = 0; ///< NSize
    std::uint32_t depth = 0;   ///< KSize
    std::uint32_t a = 0;       ///< AType and so on: 0 is fp16, 1 fp32
    std::uint32_t b = 0;
    std::uint32_t c = 0;
    std::uint32_t result = 0;
    VkBool32 saturates = VK_FALSE;
    std::uint32_t scope = 0; ///< 3 is the subgroup
};

/// What the driver lists; empty when it does not answer.
std::vector<CooperativeMatrixProperties> cooperativeMatrixProperties(VkInstance instance,
                                                                     VkPhysicalDevice device);

/// The shape that the kernels use: fp16 in, fp32 out, made by a subgroup, of sides that divide
/// their tiles; 16x16x16 before others, then the largest. Zeros when there is none.
MatrixShape chooseMatrixShape(std::span<const CooperativeMatrixProperties> offered);

/// Whether the maker's drivers are known to compute slowly or wrongly with the cooperative matrices
/// that they offer.
bool distrustsMatrices(std::uint32_t vendor, std::uint32_t minSubgroupSize);

} // namespace phial::gpu
