// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/device_options.h"

#include <cstddef>
#include <span>

namespace phial::gpu {

/// The place in `devices` of the one that `options` means: pure, so that it can be tested with
/// made-up devices. Throws Error{NoDevice} when there is none or the selected one is absent,
/// Error{DeviceUnsuitable} when the only ones there cannot run Phial or are software devices that
/// nobody asked for.
std::size_t chooseDevice(std::span<const DeviceInfo> devices, const DeviceOptions& options);

} // namespace phial::gpu
