// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <cstdint>

namespace phial::reference {

/// What the values are stored as on the way.
enum class Storage : std::uint8_t { F32, F16, BF16 };

/// The same values after being stored as `storage`, rounded to nearest even.
Matrix copyRows(const Matrix& x, Storage storage);

} // namespace phial::reference
