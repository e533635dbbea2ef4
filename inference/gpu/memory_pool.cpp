// SPDX-License-Identifier: MIT
#include "inference/gpu/memory_pool.h"

#include "inference/base/error.h"
#include "inference/gpu/free_memory.h"
#include "inference/gpu/memory_types.h"
#include "inference/gpu/vulkan_error.h"

#include <algorithm>

namespace phial::gpu {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;
constexpr std::uint64_t kPage = 64 * 1024; // what drivers hand out
// Shared blocks start small (tests, the software device) and grow with use: a new one takes this
// part of what there is, because what it leaves empty is memory that nobody predicted.
constexpr std::uint64_t kSmallestBlock = kMiB / 2;
constexpr std::uint64_t kLargestBlock = 64 * kMiB;
constexpr std::uint64_t kGrowth = 32;

std::string mebibytes(std::uint64_t bytes) {
    return bytes < kMiB ? std::to_string(bytes) + " bytes"
                        : std::to_string((bytes + kMiB - 1) / kMiB) + " MiB";
}

} // namespace

MemoryPool::MemoryPool(const PhysicalDevice& physical, VkDevice device, std::uint64_t limitBytes)
    : m_physical(physical)
    , m_device(device)
    , m_limitBytes(limitBytes)
    , m_types{memoryType(physical.memory, Memory::Device),
              memoryType(physical.memory, Memory::Upload),
              memoryType(physical.memory, Memory::Readback)} {}

std::uint32_t MemoryPool::typeFor(Memory kind) const {
    return m_types[static_cast<std::size_t>(kind)];
}

std::uint64_t MemoryPool::budgetNow() const {
    const std::uint32_t heap = m_physical.memory.memoryTypes[typeFor(Memory::Device)].heapIndex;
    std::uint64_t budget = m_physical.memory.memoryHeaps[heap].size;
    if (m_physical.info.features.memoryBudget) {
        VkPhysicalDeviceMemoryBudgetPropertiesEXT now{
            .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT};
        VkPhysicalDeviceMemoryProperties2 properties{
            .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2, .pNext = &now};
        vkGetPhysicalDeviceMemoryProperties2(m_physical.handle, &properties);
        // heapUsage counts this process; what others hold is already taken off heapBudget.
        const std::uint64_t others =
            now.heapUsage[heap] > m_allocated ? now.heapUsage[heap] - m_allocated : 0;
        budget = now.heapBudget[heap] > others ? now.heapBudget[heap] - others : 0;
    }
    if (m_physical.info.kind == DeviceKind::Software) {
        // Its memory is the computer's, whatever heap it names (llvmpipe: always 2 GiB).
        const std::uint64_t available = availableHostBytes();
        budget = available > 0 ? available + m_allocated : budget;
    }
    return m_limitBytes > 0 ? std::min(budget, m_limitBytes) : budget;
}

MemoryUse MemoryPool::use() const {
    return {.allocatedByPhial = m_allocated, .peakByPhial = m_peak, .budget = budgetNow()};
}

std::uint64_t MemoryPool::nextBlockBytes(Memory kind) const {
    std::uint64_t shared = 0;
    for (const auto& block : m_blocks) {
        if (block->kind == kind && block->ranges.size() <= kLargestBlock) {
            shared += block->ranges.size();
        }
    }
    return std::clamp(shared / kGrowth / kPage * kPage, kSmallestBlock, kLargestBlock);
}

MemoryPool::Block& MemoryPool::makeBlock(std::uint64_t bytes, Memory kind,
                                         const std::string& purpose) {
    const auto refuse = [&](const std::string& reason) {
        throw Error(
            ErrorCode::OutOfDeviceMemory,
            m_physical.info.name + " has no room for " + mebibytes(bytes) + " (" + purpose +
                "): " + reason + "; Phial holds " + mebibytes(m_allocated) +
                ". Close other programs that use the graphics card, or use a smaller model.");
    };
    if (bytes > m_physical.info.maxAllocationBytes) {
        refuse("the driver allows at most " + mebibytes(m_physical.info.maxAllocationBytes) +
               " at once");
    }
    // Asking first keeps the driver from spilling into main memory, where a model runs at the speed
    // of the bus. Without the budget extension only Phial's own limit is known for certain.
    if (kind == Memory::Device && (m_physical.info.features.memoryBudget || m_limitBytes > 0)) {
        const std::uint64_t budget = budgetNow();
        const std::uint64_t left = budget > m_allocated ? budget - m_allocated : 0;
        if (bytes > left) {
            refuse(mebibytes(left) + " of " + mebibytes(budget) + " are free");
        }
    }
    const VkMemoryAllocateInfo info{.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                    .allocationSize = bytes,
                                    .memoryTypeIndex = typeFor(kind)};
    VkDeviceMemory memory = VK_NULL_HANDLE;
    const VkResult result = vkAllocateMemory(m_device, &info, nullptr, &memory);
    if (result != VK_SUCCESS) {
        if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_TOO_MANY_OBJECTS) {
            refuse("the driver said " + vulkanResultName(result));
        }
        throwVulkanError(result, "allocating " + mebibytes(bytes) + " for " + purpose);
    }
    auto block = std::make_unique<Block>(
        Block{MemoryHandle(m_device, memory), nullptr, RangeAllocator(bytes), kind});
    const bool mapped = kind != Memory::Device || m_physical.info.features.mappedMemory;
    if (mapped) {
        void* address = nullptr;
        vulkanCheck(vkMapMemory(m_device, memory, 0, VK_WHOLE_SIZE, 0, &address),
                    "mapping memory for " + purpose);
        block->mapped = static_cast<std::byte*>(address);
    }
    ++m_allocationsMade;
    if (kind == Memory::Device) {
        m_allocated += bytes;
        m_peak = std::max(m_peak, m_allocated);
    }
    m_blocks.push_back(std::move(block));
    return *m_blocks.back();
}

MemoryPool::Range MemoryPool::allocate(const VkMemoryRequirements& needs, Memory kind,
                                       const std::string& purpose) {
    check((needs.memoryTypeBits & (1U << typeFor(kind))) != 0,
          "the driver wants another memory type for storage buffers");
    for (const auto& block : m_blocks) {
        if (block->kind == kind) {
            if (const auto offset = block->ranges.allocate(needs.size, needs.alignment)) {
                return {block.get(), *offset, needs.size};
            }
        }
    }
    const std::uint64_t shared = nextBlockBytes(kind);
    const bool own = needs.size > shared / 4;
    Block& block = makeBlock(own ? needs.size : shared, kind, purpose);
    return {&block, block.ranges.allocate(needs.size, needs.alignment).value(), needs.size};
}

void MemoryPool::release(const Range& range) noexcept {
    range.block->ranges.release(range.offset, range.bytes);
    if (!range.block->ranges.empty()) {
        return;
    }
    if (range.block->kind == Memory::Device) {
        m_allocated -= range.block->ranges.size();
    }
    const auto found = std::find_if(m_blocks.begin(), m_blocks.end(),
                                    [&](const auto& block) { return block.get() == range.block; });
    m_blocks.erase(found);
}

} // namespace phial::gpu
