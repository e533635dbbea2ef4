// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <cstdint>
#include <span>

namespace phial::reference {

/// destination[rows[n],:] = source[n,:]
void scatterRows(const Matrix& source, std::span<const std::int32_t> rows, Matrix& destination);

} // namespace phial::reference
