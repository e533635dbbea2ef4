// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <cstdint>

namespace phial::reference {

/// [T * frequencies, C] channel last to [T, C * frequencies], column c * frequencies + f.
Matrix transposeChannels(const Matrix& x, std::int64_t frequencies);

} // namespace phial::reference
