// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <span>

namespace phial::reference {

/// Causal depthwise convolution over rows: weight [C, k], k - 1 zero rows in front of x. fp64.
Matrix conv1dDepthwise(const Matrix& x, const Matrix& weight, std::span<const float> bias);

} // namespace phial::reference
