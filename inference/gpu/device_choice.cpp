// SPDX-License-Identifier: MIT
#include "inference/gpu/device_choice.h"

#include "inference/base/error.h"
#include "inference/gpu/instance.h"
#include "inference/gpu/physical_device.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>

namespace phial::gpu {
namespace {

constexpr std::size_t kShortestUuid = 8;

/// Lower is better.
int rank(DeviceKind kind) {
    switch (kind) {
    case DeviceKind::Discrete:
        return 0;
    case DeviceKind::Integrated:
        return 1;
    case DeviceKind::Virtual:
        return 2;
    case DeviceKind::Other:
        return 3;
    case DeviceKind::Software:
        return 4;
    }
    return 5;
}

std::string listing(std::span<const DeviceInfo> devices) {
    std::string out;
    for (const DeviceInfo& device : devices) {
        out += (out.empty() ? "" : ", ") + std::to_string(device.index) + " = " + device.name +
               " (" + device.uuid.substr(0, kShortestUuid) + ")";
    }
    return out;
}

std::optional<std::size_t> findSelected(std::span<const DeviceInfo> devices,
                                        const std::string& select) {
    const bool digits = std::all_of(select.begin(), select.end(),
                                    [](unsigned char c) { return std::isdigit(c) != 0; });
    if (digits && select.size() < kShortestUuid) {
        const auto wanted = std::stoul(select);
        for (std::size_t i = 0; i < devices.size(); ++i) {
            if (devices[i].index == wanted) {
                return i;
            }
        }
        return std::nullopt;
    }
    std::string uuid;
    for (const char c : select) {
        if (c != '-') {
            uuid += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
    }
    if (uuid.size() < kShortestUuid) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < devices.size(); ++i) {
        if (devices[i].uuid.compare(0, uuid.size(), uuid) == 0) {
            return i;
        }
    }
    return std::nullopt;
}

} // namespace

std::size_t chooseDevice(std::span<const DeviceInfo> devices, const DeviceOptions& options) {
    if (devices.empty()) {
        throw Error(ErrorCode::NoDevice,
                    "No Vulkan device was found. Install the driver of the graphics card; without "
                    "one, mesa-vulkan-drivers offers a slow software device.");
    }
    if (!options.select.empty()) {
        const auto selected = findSelected(devices, options.select);
        if (!selected.has_value()) {
            throw Error(ErrorCode::NoDevice, "The graphics device '" + options.select +
                                                 "' is not there; available: " + listing(devices) +
                                                 ".");
        }
        if (!devices[*selected].unsuitable.empty()) {
            throw Error(ErrorCode::DeviceUnsuitable, devices[*selected].unsuitable);
        }
        return *selected;
    }
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < devices.size(); ++i) {
        const DeviceInfo& device = devices[i];
        const bool allowed =
            device.unsuitable.empty() &&
            (device.kind != DeviceKind::Software || options.software == SoftwareDevices::Allow);
        if (allowed && (!best.has_value() || rank(device.kind) < rank(devices[*best].kind))) {
            best = i;
        }
    }
    if (best.has_value()) {
        return *best;
    }
    const auto software = std::find_if(devices.begin(), devices.end(), [](const DeviceInfo& d) {
        return d.kind == DeviceKind::Software && d.unsuitable.empty();
    });
    if (software != devices.end()) {
        throw Error(ErrorCode::DeviceUnsuitable, "Only a software device is there (" +
                                                     software->name +
                                                     "); it is very slow and must be asked for.");
    }
    throw Error(ErrorCode::DeviceUnsuitable, devices.front().unsuitable);
}

std::vector<DeviceInfo> listDevices() {
    const Instance instance(Validation::Off);
    std::vector<DeviceInfo> devices;
    for (VkPhysicalDevice handle : instance.physicalDevices()) {
        devices.push_back(
            describe(instance.get(), handle, static_cast<std::uint32_t>(devices.size())).info);
    }
    return devices;
}

} // namespace phial::gpu
