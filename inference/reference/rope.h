// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <cstdint>
#include <span>

namespace phial::reference {

/// The leading `heads` heads of each row are rotated, of each head the leading rotaryDim columns.
struct RopeShape {
    std::int64_t heads = 0;
    std::int64_t headDim = 0;
    std::int64_t rotaryDim = 0;
};

/// Half-split rotary embedding: with c, s the cosine and sine halves of row rows[t] of
/// cosSin [P, rotaryDim], a and b the halves of the rotated columns: (a*c - b*s, b*c + a*s).
Matrix rope(const Matrix& x, std::span<const std::int32_t> rows, const Matrix& cosSin,
            const RopeShape& shape);

} // namespace phial::reference
