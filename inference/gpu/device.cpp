// SPDX-License-Identifier: MIT
#include "inference/gpu/device.h"

#include "inference/base/error.h"
#include "inference/gpu/buffer_impl.h"
#include "inference/gpu/device_choice.h"
#include "inference/gpu/device_impl.h"
#include "inference/gpu/vulkan_error.h"

#include <algorithm>

namespace phial::gpu {

std::unique_ptr<Device> Device::open(const DeviceOptions& options) {
    auto instance = std::make_unique<Instance>(options.validation);
    std::vector<PhysicalDevice> devices;
    std::vector<DeviceInfo> infos;
    for (VkPhysicalDevice handle : instance->physicalDevices()) {
        devices.push_back(
            describe(instance->get(), handle, static_cast<std::uint32_t>(devices.size())));
        infos.push_back(devices.back().info);
    }
    PhysicalDevice chosen = devices[chooseDevice(infos, options)];
    chosen.info.preferred = preferredKernels(options.prefer);
    if (chosen.info.preferred.integerDot) {
        chosen.info.features.integerDot = chosen.integerDotOffered;
    }
    disableFeatures(chosen.info.features, options.disable);
    if (options.maxBindingBytes > 0) {
        chosen.info.maxStorageBufferRange =
            std::min(chosen.info.maxStorageBufferRange, options.maxBindingBytes);
    }
    return std::unique_ptr<Device>(
        new Device(std::make_unique<Impl>(std::move(instance), std::move(chosen), options)));
}

Device::Device(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}

Device::~Device() {
    // A lost device answers with an error; there is nothing left to wait for then.
    static_cast<void>(vkDeviceWaitIdle(m_impl->logical.get()));
}

const DeviceInfo& Device::info() const {
    return m_impl->physical.info;
}

MemoryUse Device::memoryUse() const {
    return m_impl->memory.use();
}

Buffer Device::makeBuffer(std::uint64_t bytes, Memory memory, const std::string& purpose) {
    check(bytes > 0, "a buffer cannot be empty: " + purpose);
    VkDevice device = m_impl->logical.get();
    // Shaders read 32-bit words; a tail of 1 to 3 bytes must be readable too.
    const std::uint64_t rounded = (bytes + 3) / 4 * 4;
    if (rounded > info().maxAllocationBytes) {
        throw Error(ErrorCode::OutOfDeviceMemory, info().name + " allows at most " +
                                                      std::to_string(info().maxAllocationBytes) +
                                                      " bytes in one piece; " + purpose +
                                                      " needs " + std::to_string(bytes) + ".");
    }
    const VkBufferCreateInfo create{.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                    .size = rounded,
                                    .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                             VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                             VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                                    .sharingMode = VK_SHARING_MODE_EXCLUSIVE};
    VkBuffer raw = VK_NULL_HANDLE;
    vulkanCheck(vkCreateBuffer(device, &create, nullptr, &raw), "creating a buffer for " + purpose);
    BufferHandle handle(device, raw);
    VkMemoryRequirements needs{};
    vkGetBufferMemoryRequirements(device, raw, &needs);
    const MemoryPool::Range range = m_impl->memory.allocate(needs, memory, purpose);
    auto impl = std::make_unique<Buffer::Impl>(m_impl->memory, range, std::move(handle), bytes);
    vulkanCheck(vkBindBufferMemory(device, raw, range.block->memory.get(), range.offset),
                "giving memory to " + purpose);
    return Buffer(std::move(impl));
}

const Kernel& Device::kernel(ShaderId shader, std::span<const std::uint32_t> constants) {
    return m_impl->pipelines.kernel(shader, constants);
}

void Device::choose(std::uint32_t what, std::optional<std::uint32_t> choice) {
    if (choice) {
        m_impl->choices[what] = *choice;
    } else {
        m_impl->choices.erase(what);
    }
}

std::optional<std::uint32_t> Device::chosen(std::uint32_t what) const {
    const auto found = m_impl->choices.find(what);
    return found == m_impl->choices.end() ? std::nullopt : std::optional(found->second);
}

void Device::substitute(ShaderId shader, ShaderId other) {
    m_impl->pipelines.substitute(shader, other);
}

std::uint64_t Device::pipelinesCreated() const {
    return m_impl->pipelines.created();
}

std::uint64_t Device::allocationsMade() const {
    return m_impl->memory.allocationsMade();
}

std::uint64_t Device::descriptorSetsMade() const {
    return m_impl->descriptorSetsMade;
}

std::vector<std::string> Device::validationMessages() const {
    return m_impl->instance->log().all();
}

} // namespace phial::gpu
