// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"
#include "inference/reference/rope.h"

#include <cstdint>
#include <span>

namespace phial::reference {

/// q, k and v columns of qkv [T, queryColumns + 2*C] after rotary embedding of q and k by row
/// tableRows[t] of cosSin; `shape.heads` counts heads of q and k together. Keys and values go into
/// rows positions[t] of keys and values [capacity, C]; the rotated q comes back.
Matrix ropeAppend(const Matrix& qkv, std::span<const std::int32_t> tableRows,
                  std::span<const std::int32_t> positions, const Matrix& cosSin,
                  const RopeShape& shape, Matrix& keys, Matrix& values);

} // namespace phial::reference
