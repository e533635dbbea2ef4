// SPDX-License-Identifier: MIT
#include "inference/gpu/logical_device.h"

#include "inference/base/error.h"
#include "inference/gpu/cooperative_matrix.h"
#include "inference/gpu/vulkan_error.h"

#include <vector>

namespace phial::gpu {
namespace {

VkBool32 toVulkan(bool value) {
    return value ? VK_TRUE : VK_FALSE;
}

} // namespace

LogicalDevice::LogicalDevice(const PhysicalDevice& physical) {
    check(physical.queueFamily.has_value(), "a device without compute queue was chosen");
    const DeviceFeatures& use = physical.info.features;
    const float priority = 1.0F;
    const VkDeviceQueueCreateInfo queue{.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                        .queueFamilyIndex = *physical.queueFamily,
                                        .queueCount = 1,
                                        .pQueuePriorities = &priority};
    std::vector<const char*> extensions;
    VkPhysicalDeviceSubgroupSizeControlFeatures sizeControl{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES,
        .subgroupSizeControl = VK_TRUE,
        .computeFullSubgroups = toVulkan(physical.fullSubgroups)};
    VkPhysicalDeviceShaderIntegerDotProductFeatures integerDot{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES,
        .shaderIntegerDotProduct = VK_TRUE};
    CooperativeMatrixFeatures matrix{.cooperativeMatrix = VK_TRUE};
    VkPhysicalDeviceVulkan12Features features12{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
        .storageBuffer8BitAccess = toVulkan(use.storage8),
        .shaderFloat16 = toVulkan(use.arithmetic16),
        .shaderInt8 = toVulkan(use.arithmetic8),
        .timelineSemaphore = VK_TRUE,
        .vulkanMemoryModel = toVulkan(use.cooperativeMatrix)};
    VkPhysicalDeviceVulkan11Features features11{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES,
        .pNext = &features12,
        .storageBuffer16BitAccess = toVulkan(use.storage16)};
    const VkPhysicalDeviceFeatures2 features{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
                                             .pNext = &features11};
    void** tail = &features12.pNext;
    if (use.subgroupSizeControl) {
        *tail = &sizeControl;
        tail = &sizeControl.pNext;
        if (physical.sizeControlExtension) {
            extensions.push_back(VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME);
        }
    }
    if (use.integerDot) {
        *tail = &integerDot;
        tail = &integerDot.pNext;
        if (physical.integerDotExtension) {
            extensions.push_back(VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME);
        }
    }
    if (use.cooperativeMatrix) {
        *tail = &matrix;
        extensions.push_back(kCooperativeMatrixExtension);
    }
    if (use.memoryBudget) {
        extensions.push_back(VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
    }
    const VkDeviceCreateInfo info{.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                  .pNext = &features,
                                  .queueCreateInfoCount = 1,
                                  .pQueueCreateInfos = &queue,
                                  .enabledExtensionCount =
                                      static_cast<std::uint32_t>(extensions.size()),
                                  .ppEnabledExtensionNames = extensions.data()};
    vulkanCheck(vkCreateDevice(physical.handle, &info, nullptr, &m_device),
                "opening " + physical.info.name);
    vkGetDeviceQueue(m_device, *physical.queueFamily, 0, &m_queue);
}

LogicalDevice::~LogicalDevice() {
    vkDestroyDevice(m_device, nullptr);
}

} // namespace phial::gpu
