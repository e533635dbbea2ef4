// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <cstdint>
#include <span>

namespace phial::reference {

/// Planes [channels, height, width].
struct Planes {
    std::span<const float> values;
    std::int64_t channels = 0;
    std::int64_t height = 0;
    std::int64_t width = 0;
};

/// One row per patch in raster order, columns ordered channel, row, column.
Matrix patchify(const Planes& pixels, std::int64_t patchSize);

} // namespace phial::reference
