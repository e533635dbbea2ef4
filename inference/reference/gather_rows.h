// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <cstdint>
#include <span>

namespace phial::reference {

/// Row ids[t] of the table as row t.
Matrix gatherRows(const Matrix& table, std::span<const std::int32_t> ids);

} // namespace phial::reference
