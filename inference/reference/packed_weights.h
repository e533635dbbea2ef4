// SPDX-License-Identifier: MIT
#pragma once

#include "inference/quant/packed_format.h"
#include "inference/reference/matrix.h"

#include <cstdint>
#include <span>

namespace phial::reference {

/// The planes of a packed matrix, all rows one after the other; docs/package-format.md.
struct PackedPlanes {
    std::span<const std::uint32_t> codes;
    std::span<const std::uint32_t> groups;
    std::span<const std::uint32_t> rows; ///< empty unless Sq
};

/// The matrix that planes stand for, without the column scale. fp64, rounded once.
Matrix decodeWeights(const quant::PackedFormat& format, std::int64_t rows, std::int64_t columns,
                     const PackedPlanes& planes);

} // namespace phial::reference
