// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <cstdint>

namespace phial::reference {

/// Mean over the 2x2 blocks of a grid x grid raster of rows.
Matrix averagePool(const Matrix& x, std::int64_t grid);

} // namespace phial::reference
