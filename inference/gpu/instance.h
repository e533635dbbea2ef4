// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/device_options.h"

#include <vulkan/vulkan.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace phial::gpu {

/// What the validation layer said. The layer may call from any thread.
class ValidationLog {
public:
    void add(std::string message);
    std::vector<std::string> all() const;
    /// Throws Error{Internal} with the first message that no earlier call has thrown for.
    void throwNew();

private:
    mutable std::mutex m_mutex;
    std::vector<std::string> m_messages;
    std::size_t m_thrown = 0;
};

/// A VkInstance, with the Khronos validation layer and a messenger when asked for.
class Instance {
public:
    /// Throws Error{NoDevice} without a Vulkan 1.2 loader and driver, Error{InvalidArgument} when
    /// validation is asked for and the layer is not installed.
    explicit Instance(Validation validation);
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    VkInstance get() const { return m_instance; }

    std::vector<VkPhysicalDevice> physicalDevices() const;

    ValidationLog& log() { return *m_log; }

    const ValidationLog& log() const { return *m_log; }

private:
    std::unique_ptr<ValidationLog> m_log; // at a fixed address: the messenger holds it
    VkInstance m_instance = VK_NULL_HANDLE;
    VkDebugUtilsMessengerEXT m_messenger = VK_NULL_HANDLE;
};

} // namespace phial::gpu
