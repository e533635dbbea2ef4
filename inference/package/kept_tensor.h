// SPDX-License-Identifier: MIT
#pragma once

#include "inference/weights/checkpoint.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace phial::package {

// What happens to pieces of tensors that go into a package as they are: F32, F16 or BF16 elements
// of `entry` from `first` on.

/// Throws Error{BadCheckpoint} naming tensor and element when one is NaN or infinite.
void checkFinite(const weights::TensorEntry& entry, std::int64_t first,
                 std::span<const std::byte> bytes);

/// Multiplies them by their column's factor.
void scaleColumns(const weights::TensorEntry& entry, std::int64_t first, std::span<std::byte> bytes,
                  std::span<const float> factor);

} // namespace phial::package
