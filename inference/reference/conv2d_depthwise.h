// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <cstdint>
#include <span>

namespace phial::reference {

/// Depthwise 3x3, stride 2, zero padding 1. x [T * frequencies, C] channel last; weight [C, 9];
/// result [ceil(T/2) * ceil(frequencies/2), C]. fp64.
Matrix conv2dDepthwise(const Matrix& x, std::int64_t frequencies, const Matrix& weight,
                       std::span<const float> bias);

} // namespace phial::reference
