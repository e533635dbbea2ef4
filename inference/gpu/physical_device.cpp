// SPDX-License-Identifier: MIT
#include "inference/gpu/physical_device.h"

#include "inference/base/error.h"
#include "inference/gpu/cooperative_matrix.h"
#include "inference/gpu/memory_types.h"
#include "inference/gpu/vulkan_error.h"

#include <algorithm>
#include <cstring>
#include <sstream>

namespace phial::gpu {
namespace {

std::string hex(const std::uint8_t* bytes, std::size_t count) {
    static constexpr const char* kDigits = "0123456789abcdef";
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        out += kDigits[bytes[i] >> 4];
        out += kDigits[bytes[i] & 15];
    }
    return out;
}

DeviceKind kindOf(VkPhysicalDeviceType type) {
    switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
        return DeviceKind::Discrete;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
        return DeviceKind::Integrated;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
        return DeviceKind::Virtual;
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
        return DeviceKind::Software;
    default:
        return DeviceKind::Other;
    }
}

std::vector<VkExtensionProperties> extensionsOf(VkPhysicalDevice handle) {
    std::uint32_t count = 0;
    vulkanCheck(vkEnumerateDeviceExtensionProperties(handle, nullptr, &count, nullptr),
                "listing device extensions");
    std::vector<VkExtensionProperties> extensions(count);
    vulkanCheck(vkEnumerateDeviceExtensionProperties(handle, nullptr, &count, extensions.data()),
                "listing device extensions");
    return extensions;
}

bool contains(const std::vector<VkExtensionProperties>& extensions, const char* name) {
    return std::any_of(extensions.begin(), extensions.end(), [&](const auto& extension) {
        return std::strcmp(extension.extensionName, name) == 0;
    });
}

/// A family that computes and, if possible, does not draw: the desktop keeps its own queue.
void chooseQueueFamily(PhysicalDevice& device) {
    std::uint32_t count = 0;
    vkGetPhysicalDeviceQueueFamilyProperties(device.handle, &count, nullptr);
    std::vector<VkQueueFamilyProperties> families(count);
    vkGetPhysicalDeviceQueueFamilyProperties(device.handle, &count, families.data());
    bool draws = false;
    for (std::uint32_t i = 0; i < count; ++i) {
        const VkQueueFamilyProperties& family = families[i];
        if ((family.queueFlags & VK_QUEUE_COMPUTE_BIT) == 0 || family.queueCount == 0) {
            continue;
        }
        const bool thisDraws = (family.queueFlags & VK_QUEUE_GRAPHICS_BIT) != 0;
        if (!device.queueFamily.has_value() || (draws && !thisDraws)) {
            device.queueFamily = i;
            device.timestamps = family.timestampValidBits > 0;
            draws = thisDraws;
        }
    }
}

/// The names in a comma-separated list.
std::vector<std::string> namesIn(const std::string& list) {
    std::vector<std::string> names;
    std::istringstream stream(list);
    for (std::string name; std::getline(stream, name, ',');) {
        if (!name.empty()) {
            names.push_back(name);
        }
    }
    return names;
}

/// Shape and subgroup size of the kernels with cooperative matrices. Behind readFeatures().
void readMatrices(PhysicalDevice& device, VkInstance instance, std::uint32_t minSubgroupSize) {
    DeviceInfo& info = device.info;
    // Makers whose subgroup size varies make matrices with the smallest.
    constexpr std::uint32_t kIntel = 0x8086;
    info.matrixSubgroupSize =
        info.vendor == kIntel && device.requiredSubgroupSize ? minSubgroupSize : info.subgroupSize;
    if (!distrustsMatrices(info.vendor, minSubgroupSize)) {
        info.matrixShape = chooseMatrixShape(cooperativeMatrixProperties(instance, device.handle));
    }
    info.features.cooperativeMatrix =
        info.matrixShape.rows > 0 && info.features.arithmetic16 && info.features.storage16;
}

void readFeatures(PhysicalDevice& device, VkInstance instance, bool core13,
                  const std::vector<VkExtensionProperties>& extensions) {
    DeviceInfo& info = device.info;
    const bool sizeControl =
        core13 || contains(extensions, VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME);
    const bool integerDot =
        core13 || contains(extensions, VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME);
    device.sizeControlExtension = sizeControl && !core13;
    device.integerDotExtension = integerDot && !core13;

    VkPhysicalDeviceSubgroupSizeControlFeatures sizeFeatures{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES};
    VkPhysicalDeviceShaderIntegerDotProductFeatures dotFeatures{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES};
    CooperativeMatrixFeatures matrixFeatures;
    VkPhysicalDeviceVulkan12Features features12{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES};
    VkPhysicalDeviceVulkan11Features features11{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES, .pNext = &features12};
    VkPhysicalDeviceFeatures2 features{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
                                       .pNext = &features11};
    VkPhysicalDeviceShaderIntegerDotProductProperties dotProperties{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_PROPERTIES};
    VkPhysicalDeviceSubgroupSizeControlProperties sizeProperties{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES};
    VkPhysicalDeviceVulkan11Properties properties11{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES};
    VkPhysicalDeviceProperties2 properties{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
                                           .pNext = &properties11};
    void** featureTail = &features12.pNext;
    void** propertyTail = &properties11.pNext;
    if (sizeControl) {
        *featureTail = &sizeFeatures;
        featureTail = &sizeFeatures.pNext;
        *propertyTail = &sizeProperties;
        propertyTail = &sizeProperties.pNext;
    }
    if (integerDot) {
        *featureTail = &dotFeatures;
        featureTail = &dotFeatures.pNext;
        *propertyTail = &dotProperties;
        propertyTail = &dotProperties.pNext;
    }
    if (contains(extensions, kCooperativeMatrixExtension)) {
        *featureTail = &matrixFeatures;
    }
    vkGetPhysicalDeviceFeatures2(device.handle, &features);
    vkGetPhysicalDeviceProperties2(device.handle, &properties);

    info.features.storage16 = features11.storageBuffer16BitAccess == VK_TRUE;
    info.features.arithmetic16 = features12.shaderFloat16 == VK_TRUE;
    info.features.storage8 = features12.storageBuffer8BitAccess == VK_TRUE;
    info.features.arithmetic8 = features12.shaderInt8 == VK_TRUE;
    // Products of bytes are rounder than those of fp16 and belong to that tier.
    device.integerDotOffered =
        integerDot && dotFeatures.shaderIntegerDotProduct == VK_TRUE && info.features.storage16;
    info.features.integerDot =
        device.integerDotOffered &&
        dotProperties.integerDotProduct4x8BitPackedSignedAccelerated == VK_TRUE;
    // Broadcasts come with it on every device; those that lack them count as having neither.
    constexpr VkSubgroupFeatureFlags kSubgroup =
        VK_SUBGROUP_FEATURE_ARITHMETIC_BIT | VK_SUBGROUP_FEATURE_BALLOT_BIT;
    info.features.subgroupArithmetic =
        (properties11.subgroupSupportedStages & VK_SHADER_STAGE_COMPUTE_BIT) != 0 &&
        (properties11.subgroupSupportedOperations & kSubgroup) == kSubgroup;
    info.features.subgroupSizeControl = sizeControl && sizeFeatures.subgroupSizeControl == VK_TRUE;
    info.features.memoryBudget = contains(extensions, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
    info.features.mappedMemory = hostSees(device.memory, memoryType(device.memory, Memory::Device));
    info.subgroupSize = properties11.subgroupSize;
    info.maxAllocationBytes = properties11.maxMemoryAllocationSize;
    device.fullSubgroups = sizeFeatures.computeFullSubgroups == VK_TRUE;
    device.requiredSubgroupSize =
        info.features.subgroupSizeControl &&
        (sizeProperties.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT) != 0;
    if (matrixFeatures.cooperativeMatrix == VK_TRUE && features12.vulkanMemoryModel == VK_TRUE) {
        readMatrices(device, instance, sizeProperties.minSubgroupSize);
    }
    if (features12.timelineSemaphore != VK_TRUE) {
        info.unsuitable = info.name + " has no timeline semaphores.";
    }
}

void readLimits(PhysicalDevice& device, const VkPhysicalDeviceLimits& limits) {
    DeviceInfo& info = device.info;
    info.maxStorageBufferRange = limits.maxStorageBufferRange;
    info.storageOffsetAlignment = limits.minStorageBufferOffsetAlignment;
    info.maxSharedBytes = limits.maxComputeSharedMemorySize;
    info.maxWorkgroupInvocations = limits.maxComputeWorkGroupInvocations;
    std::copy(std::begin(limits.maxComputeWorkGroupCount),
              std::end(limits.maxComputeWorkGroupCount), device.maxGroups.begin());
    device.nanosecondsPerTick = static_cast<double>(limits.timestampPeriod);
    vkGetPhysicalDeviceMemoryProperties(device.handle, &device.memory);
    for (std::uint32_t i = 0; i < device.memory.memoryHeapCount; ++i) {
        if ((device.memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) != 0) {
            info.localMemoryBytes += device.memory.memoryHeaps[i].size;
        }
    }
}

} // namespace

PhysicalDevice describe(VkInstance instance, VkPhysicalDevice handle, std::uint32_t index) {
    PhysicalDevice device;
    device.handle = handle;
    DeviceInfo& info = device.info;
    VkPhysicalDeviceProperties basic{};
    vkGetPhysicalDeviceProperties(handle, &basic);
    info.index = index;
    info.name = basic.deviceName;
    info.kind = kindOf(basic.deviceType);
    info.apiVersion = basic.apiVersion;
    info.vendor = basic.vendorID;
    info.driverVersion = basic.driverVersion;
    std::copy(std::begin(basic.pipelineCacheUUID), std::end(basic.pipelineCacheUUID),
              device.pipelineCacheUuid.begin());
    readLimits(device, basic.limits);
    chooseQueueFamily(device);

    VkPhysicalDeviceDriverProperties driver{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES};
    VkPhysicalDeviceIDProperties id{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES};
    VkPhysicalDeviceProperties2 properties{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
                                           .pNext = &id};
    if (basic.apiVersion >= VK_API_VERSION_1_1) {
        if (basic.apiVersion >= VK_API_VERSION_1_2) {
            id.pNext = &driver;
        }
        vkGetPhysicalDeviceProperties2(handle, &properties);
        info.uuid = hex(id.deviceUUID, VK_UUID_SIZE);
        info.driver = driver.driverInfo[0] == '\0'
                          ? std::string(driver.driverName)
                          : std::string(driver.driverInfo) + " (" + driver.driverName + ")";
    }

    if (basic.apiVersion < VK_API_VERSION_1_2) {
        info.unsuitable = info.name + " offers Vulkan " +
                          std::to_string(VK_API_VERSION_MAJOR(basic.apiVersion)) + "." +
                          std::to_string(VK_API_VERSION_MINOR(basic.apiVersion)) +
                          "; Phial needs 1.2. A newer driver may help.";
        return device;
    }
    readFeatures(device, instance, basic.apiVersion >= VK_API_VERSION_1_3, extensionsOf(handle));
    if (!device.queueFamily.has_value()) {
        info.unsuitable = info.name + " cannot run compute shaders.";
    } else if (info.maxWorkgroupInvocations < 256) {
        info.unsuitable = info.name + " runs workgroups of at most " +
                          std::to_string(info.maxWorkgroupInvocations) +
                          " invocations; Phial needs 256.";
    }
    return device;
}

void disableFeatures(DeviceFeatures& features, const std::string& names) {
    for (const std::string& name : namesIn(names)) {
        if (name == "fp16") {
            features.storage16 = false;
            features.arithmetic16 = false;
            features.cooperativeMatrix = false;
            features.integerDot = false;
        } else if (name == "int8") {
            features.storage8 = false;
            features.arithmetic8 = false;
        } else if (name == "dot") {
            features.integerDot = false;
        } else if (name == "subgroup") {
            features.subgroupArithmetic = false;
            features.subgroupSizeControl = false;
            features.cooperativeMatrix = false;
        } else if (name == "matrix") {
            features.cooperativeMatrix = false;
        } else if (name == "budget") {
            features.memoryBudget = false;
        } else if (name == "mapped") {
            features.mappedMemory = false;
        } else {
            throw Error(ErrorCode::InvalidArgument,
                        "Unknown device feature '" + name +
                            "' to disable; known are fp16, int8, dot, subgroup, matrix, budget, "
                            "mapped.");
        }
    }
}

PreferredKernels preferredKernels(const std::string& names) {
    PreferredKernels preferred;
    for (const std::string& name : namesIn(names)) {
        if (name == "matrix") {
            preferred.cooperativeMatrix = true;
        } else if (name == "dot") {
            preferred.integerDot = true;
        } else if (name == "half") {
            preferred.arithmetic16 = true;
        } else {
            throw Error(ErrorCode::InvalidArgument,
                        "Unknown kernels '" + name +
                            "' to prefer; known are matrix, dot and half.");
        }
    }
    return preferred;
}

} // namespace phial::gpu
