// SPDX-License-Identifier: MIT
#include "inference/gpu/free_memory.h"

#include "inference/gpu/instance.h"
#include "inference/gpu/memory_types.h"
#include "inference/gpu/physical_device.h"

#include <fstream>

namespace phial::gpu {
namespace {

std::uint64_t freeBytes(const PhysicalDevice& device) {
    if (device.info.kind == DeviceKind::Software) {
        return availableHostBytes();
    }
    const std::uint32_t heap =
        device.memory.memoryTypes[memoryType(device.memory, Memory::Device)].heapIndex;
    if (!device.info.features.memoryBudget) {
        return device.memory.memoryHeaps[heap].size;
    }
    VkPhysicalDeviceMemoryBudgetPropertiesEXT now{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT};
    VkPhysicalDeviceMemoryProperties2 properties{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2, .pNext = &now};
    vkGetPhysicalDeviceMemoryProperties2(device.handle, &properties);
    return now.heapBudget[heap] > now.heapUsage[heap] ? now.heapBudget[heap] - now.heapUsage[heap]
                                                      : 0;
}

} // namespace

std::uint64_t availableHostBytes() {
    std::ifstream in("/proc/meminfo");
    std::string name;
    std::uint64_t kibibytes = 0;
    for (std::string unit; in >> name >> kibibytes; std::getline(in, unit)) {
        if (name == "MemAvailable:") {
            return kibibytes * 1024;
        }
    }
    return 0;
}

std::uint64_t freeDeviceMemory(const std::string& uuid) {
    const Instance instance(Validation::Off);
    std::uint32_t index = 0;
    for (VkPhysicalDevice handle : instance.physicalDevices()) {
        const PhysicalDevice device = describe(instance.get(), handle, index++);
        if (device.info.uuid == uuid) {
            return freeBytes(device);
        }
    }
    return 0;
}

} // namespace phial::gpu
