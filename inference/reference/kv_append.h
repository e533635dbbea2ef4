// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <cstdint>
#include <span>

namespace phial::reference {

/// Puts the k and v columns of qkv [T, queryColumns + 2*C] into rows positions[t] of keys and
/// values [capacity, C].
void kvAppend(const Matrix& qkv, std::span<const std::int32_t> positions, Matrix& keys,
              Matrix& values);

} // namespace phial::reference
