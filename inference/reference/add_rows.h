// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <cstdint>
#include <span>

namespace phial::reference {

/// x[t,:] += table[ids[t],:]
void addRows(Matrix& x, const Matrix& table, std::span<const std::int32_t> ids);

} // namespace phial::reference
