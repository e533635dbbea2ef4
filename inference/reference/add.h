// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

namespace phial::reference {

/// x + alpha * z
Matrix add(const Matrix& x, const Matrix& z, float alpha = 1);

} // namespace phial::reference
