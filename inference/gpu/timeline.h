// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/instance.h"
#include "inference/gpu/logical_device.h"
#include "inference/gpu/vulkan_handle.h"

#include <cstdint>

namespace phial::gpu {

/// Submits command buffers to the device's queue; each submission has a number that can be waited
/// for. One thread.
class Timeline {
public:
    Timeline(const LogicalDevice& device, ValidationLog& log);

    /// Returns the number of this submission: 1, 2, 3, ...
    std::uint64_t submit(VkCommandBuffer commands);

    /// Returns once submission `number` and all before it are done. Throws Error{DeviceLost}, and
    /// Error{Internal} with what the validation layer has said.
    void wait(std::uint64_t number);

    /// For destructors: waits unless the device is lost, and throws nothing.
    void waitQuietly(std::uint64_t number) noexcept;

    bool done(std::uint64_t number);

private:
    VkResult waitOnce(std::uint64_t number) noexcept;

    VkDevice m_device;
    VkQueue m_queue;
    ValidationLog& m_log;
    SemaphoreHandle m_semaphore;
    std::uint64_t m_submitted = 0;
};

} // namespace phial::gpu
