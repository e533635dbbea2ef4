// SPDX-License-Identifier: MIT
#include "inference/gpu/memory_types.h"

#include <optional>

namespace phial::gpu {
namespace {

std::optional<std::uint32_t> findType(const VkPhysicalDeviceMemoryProperties& memory,
                                      VkMemoryPropertyFlags wanted, VkMemoryPropertyFlags avoided) {
    for (std::uint32_t i = 0; i < memory.memoryTypeCount; ++i) {
        const VkMemoryPropertyFlags flags = memory.memoryTypes[i].propertyFlags;
        if ((flags & wanted) == wanted && (flags & avoided) == 0) {
            return i;
        }
    }
    return std::nullopt;
}

std::uint64_t heapBytes(const VkPhysicalDeviceMemoryProperties& memory, std::uint32_t type) {
    return memory.memoryHeaps[memory.memoryTypes[type].heapIndex].size;
}

constexpr VkMemoryPropertyFlags kLocal = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
constexpr VkMemoryPropertyFlags kVisible =
    VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
constexpr VkMemoryPropertyFlags kCached = VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
// Special types that are not for ordinary buffers (protected, lazily allocated, AMD's uncached
// ones).
constexpr VkMemoryPropertyFlags kSpecial =
    VK_MEMORY_PROPERTY_PROTECTED_BIT | VK_MEMORY_PROPERTY_LAZILY_ALLOCATED_BIT |
    VK_MEMORY_PROPERTY_DEVICE_COHERENT_BIT_AMD | VK_MEMORY_PROPERTY_DEVICE_UNCACHED_BIT_AMD;

/// Device-local memory; the kind the host can write too where all of it is so (integrated graphics,
/// resizable BAR), because weights then need no staging. A small window into a large memory (256
/// MiB) does not count.
std::uint32_t deviceType(const VkPhysicalDeviceMemoryProperties& memory) {
    const auto plain = findType(memory, kLocal, kSpecial);
    const auto visible = findType(memory, kLocal | kVisible, kSpecial);
    if (plain.has_value() && visible.has_value() &&
        heapBytes(memory, *visible) >= heapBytes(memory, *plain)) {
        return *visible;
    }
    return plain.value_or(0); // the specification promises a device-local type
}

std::uint32_t uploadType(const VkPhysicalDeviceMemoryProperties& memory) {
    if (const auto uncached = findType(memory, kVisible, kCached | kLocal | kSpecial)) {
        return *uncached;
    }
    return findType(memory, kVisible, kSpecial).value_or(0);
}

std::uint32_t readbackType(const VkPhysicalDeviceMemoryProperties& memory) {
    if (const auto cached = findType(memory, kVisible | kCached, kSpecial)) {
        return *cached;
    }
    return findType(memory, kVisible, kSpecial).value_or(0);
}

} // namespace

std::uint32_t memoryType(const VkPhysicalDeviceMemoryProperties& memory, Memory kind) {
    switch (kind) {
    case Memory::Device:
        return deviceType(memory);
    case Memory::Upload:
        return uploadType(memory);
    case Memory::Readback:
        return readbackType(memory);
    }
    return 0;
}

bool hostSees(const VkPhysicalDeviceMemoryProperties& memory, std::uint32_t type) {
    return (memory.memoryTypes[type].propertyFlags & kVisible) == kVisible;
}

} // namespace phial::gpu
