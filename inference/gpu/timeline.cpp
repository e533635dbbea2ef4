// SPDX-License-Identifier: MIT
#include "inference/gpu/timeline.h"

#include "inference/base/error.h"
#include "inference/gpu/vulkan_error.h"

#include <limits>

namespace phial::gpu {
namespace {

// A wait is cut into slices so that a lost device is noticed even by drivers that never signal
// after a reset.
constexpr std::uint64_t kSliceNanoseconds = 500'000'000;

VkSemaphore makeSemaphore(VkDevice device) {
    const VkSemaphoreTypeCreateInfo type{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
                                         .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                         .initialValue = 0};
    const VkSemaphoreCreateInfo info{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
                                     .pNext = &type};
    VkSemaphore semaphore = VK_NULL_HANDLE;
    vulkanCheck(vkCreateSemaphore(device, &info, nullptr, &semaphore), "creating a semaphore");
    return semaphore;
}

} // namespace

Timeline::Timeline(const LogicalDevice& device, ValidationLog& log)
    : m_device(device.get())
    , m_queue(device.queue())
    , m_log(log)
    , m_semaphore(device.get(), makeSemaphore(device.get())) {}

std::uint64_t Timeline::submit(VkCommandBuffer commands) {
    const std::uint64_t number = m_submitted + 1;
    VkSemaphore semaphore = m_semaphore.get();
    const VkTimelineSemaphoreSubmitInfo values{.sType =
                                                   VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
                                               .signalSemaphoreValueCount = 1,
                                               .pSignalSemaphoreValues = &number};
    const VkSubmitInfo info{.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                            .pNext = &values,
                            .commandBufferCount = 1,
                            .pCommandBuffers = &commands,
                            .signalSemaphoreCount = 1,
                            .pSignalSemaphores = &semaphore};
    vulkanCheck(vkQueueSubmit(m_queue, 1, &info, VK_NULL_HANDLE), "submitting work");
    m_submitted = number;
    return number;
}

VkResult Timeline::waitOnce(std::uint64_t number) noexcept {
    VkSemaphore semaphore = m_semaphore.get();
    const VkSemaphoreWaitInfo info{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
                                   .semaphoreCount = 1,
                                   .pSemaphores = &semaphore,
                                   .pValues = &number};
    const VkResult result = vkWaitSemaphores(m_device, &info, kSliceNanoseconds);
    if (result != VK_TIMEOUT) {
        return result;
    }
    std::uint64_t value = 0;
    const VkResult counter = vkGetSemaphoreCounterValue(m_device, semaphore, &value);
    if (counter != VK_SUCCESS) {
        return counter;
    }
    if (value == std::numeric_limits<std::uint64_t>::max()) { // how some drivers mark a lost device
        return VK_ERROR_DEVICE_LOST;
    }
    return value >= number ? VK_SUCCESS : VK_TIMEOUT;
}

void Timeline::wait(std::uint64_t number) {
    VkResult result = VK_TIMEOUT;
    while (result == VK_TIMEOUT) {
        result = waitOnce(number);
    }
    vulkanCheck(result, "waiting for the graphics device");
    m_log.throwNew();
}

void Timeline::waitQuietly(std::uint64_t number) noexcept {
    while (waitOnce(number) == VK_TIMEOUT) {
    }
}

bool Timeline::done(std::uint64_t number) {
    std::uint64_t value = 0;
    vulkanCheck(vkGetSemaphoreCounterValue(m_device, m_semaphore.get(), &value),
                "asking the graphics device for its progress");
    return value >= number;
}

} // namespace phial::gpu
