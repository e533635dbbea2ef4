// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <span>

namespace phial::reference {

/// x[t,d] / sqrt(mean_d(x[t,:]^2) + eps) * weight[d]; sums in fp64.
Matrix rmsNorm(const Matrix& x, std::span<const float> weight, float eps);

} // namespace phial::reference
