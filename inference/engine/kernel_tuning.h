// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/device.h"
#include "inference/ops/linear_choice.h"

#include <filesystem>
#include <span>

namespace phial {

/// What was measured to be the quickest for some products.
struct TunedLinear {
    ops::LinearClass products;
    const ops::LinearChoice* choice = nullptr; ///< of ops::linearChoices()
};

/// The file of a device and its driver in `folder`: another driver may be quick where this one is
/// slow.
std::filesystem::path tuningFile(const std::filesystem::path& folder, const gpu::DeviceInfo& info);

/// Replaces what is kept about those products; what is kept about others stays. Throws as
/// writeAtomically().
void storeTuning(const std::filesystem::path& folder, const gpu::DeviceInfo& info,
                 std::span<const TunedLinear> tuned);

/// Lets the device use what was measured on it, and returns how many kinds of products that
/// concerns. A file that is missing or broken counts as empty, as do names that this version does
/// not know.
int applyTuning(gpu::Device& device, const std::filesystem::path& folder);

} // namespace phial
