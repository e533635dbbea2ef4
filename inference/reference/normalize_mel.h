// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <span>

namespace phial::reference {

/// (x[t,m] - mean[m]) * inverseStd[m]
Matrix normalizeMel(const Matrix& x, std::span<const float> mean,
                    std::span<const float> inverseStd);

} // namespace phial::reference
