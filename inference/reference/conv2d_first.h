// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <span>

namespace phial::reference {

/// One channel in, C out, 3x3, stride 2, zero padding 1, ReLU. x [T, F]; weight [C, 9]; result
/// [ceil(T/2) * ceil(F/2), C]. fp64.
Matrix conv2dFirst(const Matrix& x, const Matrix& weight, std::span<const float> bias);

} // namespace phial::reference
