// SPDX-License-Identifier: MIT
#include "inference/gpu/instance.h"

#include "inference/base/error.h"
#include "inference/gpu/vulkan_error.h"

#include <array>
#include <cstring>

namespace phial::gpu {
namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";

VKAPI_ATTR VkBool32 VKAPI_CALL onMessage(VkDebugUtilsMessageSeverityFlagBitsEXT,
                                         VkDebugUtilsMessageTypeFlagsEXT,
                                         const VkDebugUtilsMessengerCallbackDataEXT* data,
                                         void* user) noexcept {
    try {
        static_cast<ValidationLog*>(user)->add(data->pMessage != nullptr ? data->pMessage : "?");
    } catch (...) { // out of host memory: nothing may leave a C callback, and the layer goes on
    }
    return VK_FALSE;
}

bool layerInstalled() {
    std::uint32_t count = 0;
    vulkanCheck(vkEnumerateInstanceLayerProperties(&count, nullptr), "listing Vulkan layers");
    std::vector<VkLayerProperties> layers(count);
    const VkResult result = vkEnumerateInstanceLayerProperties(&count, layers.data());
    if (result != VK_SUCCESS && result != VK_INCOMPLETE) {
        throwVulkanError(result, "listing Vulkan layers");
    }
    layers.resize(count);
    for (const VkLayerProperties& layer : layers) {
        if (std::strcmp(layer.layerName, kValidationLayer) == 0) {
            return true;
        }
    }
    return false;
}

VkDebugUtilsMessengerCreateInfoEXT messengerInfo(ValidationLog* log) {
    return {.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
            .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT |
                               VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
            .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT,
            .pfnUserCallback = onMessage,
            .pUserData = log};
}

} // namespace

void ValidationLog::add(std::string message) {
    const std::lock_guard lock(m_mutex);
    m_messages.push_back(std::move(message));
}

std::vector<std::string> ValidationLog::all() const {
    const std::lock_guard lock(m_mutex);
    return m_messages;
}

void ValidationLog::throwNew() {
    const std::lock_guard lock(m_mutex);
    if (m_thrown < m_messages.size()) {
        const std::string first = m_messages[m_thrown];
        const auto more = m_messages.size() - m_thrown - 1;
        m_thrown = m_messages.size();
        throw Error(ErrorCode::Internal,
                    "Vulkan validation: " + first +
                        (more > 0 ? " (and " + std::to_string(more) + " more)" : std::string()));
    }
}

Instance::Instance(Validation validation)
    : m_log(std::make_unique<ValidationLog>()) {
    std::uint32_t version = VK_API_VERSION_1_0;
    vulkanCheck(vkEnumerateInstanceVersion(&version), "asking the Vulkan loader for its version");
    if (version < VK_API_VERSION_1_2) {
        throw Error(ErrorCode::NoDevice,
                    "The installed Vulkan loader is older than Vulkan 1.2; install libvulkan1 1.2 "
                    "or newer.");
    }
    const bool validate = validation == Validation::On;
    if (validate && !layerInstalled()) {
        throw Error(ErrorCode::InvalidArgument,
                    "Vulkan validation was asked for, but VK_LAYER_KHRONOS_validation is not "
                    "installed; install the package vulkan-validationlayers, or switch it off.");
    }

    const VkApplicationInfo application{.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                        .pApplicationName = "Phial",
                                        .applicationVersion = 1,
                                        .pEngineName = "Phial",
                                        .engineVersion = 1,
                                        .apiVersion = VK_API_VERSION_1_3};
    const std::array layers{kValidationLayer};
    const std::array extensions{VK_EXT_DEBUG_UTILS_EXTENSION_NAME};
    const std::array enables{VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT};
    VkDebugUtilsMessengerCreateInfoEXT messenger = messengerInfo(m_log.get());
    const VkValidationFeaturesEXT features{.sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT,
                                           .pNext = &messenger,
                                           .enabledValidationFeatureCount = enables.size(),
                                           .pEnabledValidationFeatures = enables.data()};
    VkInstanceCreateInfo info{.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                              .pApplicationInfo = &application};
    if (validate) {
        info.pNext = &features;
        info.enabledLayerCount = layers.size();
        info.ppEnabledLayerNames = layers.data();
        info.enabledExtensionCount = extensions.size();
        info.ppEnabledExtensionNames = extensions.data();
    }
    vulkanCheck(vkCreateInstance(&info, nullptr, &m_instance), "starting Vulkan");
    if (validate) {
        const auto create = reinterpret_cast<PFN_vkCreateDebugUtilsMessengerEXT>(
            vkGetInstanceProcAddr(m_instance, "vkCreateDebugUtilsMessengerEXT"));
        const VkResult result = create(m_instance, &messenger, nullptr, &m_messenger);
        if (result != VK_SUCCESS) {
            vkDestroyInstance(m_instance, nullptr);
            throwVulkanError(result, "starting Vulkan validation");
        }
    }
}

Instance::~Instance() {
    if (m_messenger != VK_NULL_HANDLE) {
        const auto destroy = reinterpret_cast<PFN_vkDestroyDebugUtilsMessengerEXT>(
            vkGetInstanceProcAddr(m_instance, "vkDestroyDebugUtilsMessengerEXT"));
        destroy(m_instance, m_messenger, nullptr);
    }
    vkDestroyInstance(m_instance, nullptr);
}

std::vector<VkPhysicalDevice> Instance::physicalDevices() const {
    std::uint32_t count = 0;
    vulkanCheck(vkEnumeratePhysicalDevices(m_instance, &count, nullptr), "listing Vulkan devices");
    std::vector<VkPhysicalDevice> devices(count);
    const VkResult result = vkEnumeratePhysicalDevices(m_instance, &count, devices.data());
    if (result != VK_SUCCESS && result != VK_INCOMPLETE) { // a card was plugged in meanwhile
        throwVulkanError(result, "listing Vulkan devices");
    }
    devices.resize(count);
    return devices;
}

} // namespace phial::gpu
