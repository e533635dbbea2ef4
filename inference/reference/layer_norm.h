// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <span>

namespace phial::reference {

/// (x[t,d] - mean) / sqrt(variance + eps) * weight[d] + bias[d] with the mean and variance of row
/// t; fp64.
Matrix layerNorm(const Matrix& x, std::span<const float> weight, std::span<const float> bias,
                 float eps);

} // namespace phial::reference
