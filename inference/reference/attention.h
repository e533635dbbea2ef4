// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <cstdint>
#include <functional>
#include <span>

namespace phial::reference {

struct AttentionInputs {
    const Matrix& q; ///< [T, heads * headDim]
    const Matrix& k; ///< [S, kvHeads * headDim]
    const Matrix& v; ///< [S, kvHeads * headDim]
    std::int64_t heads = 1;
    std::int64_t kvHeads = 1;
    double scale = 1;
    /// Whether query t sees key s; empty = always.
    std::function<bool(std::int64_t t, std::int64_t s)> visible;
    /// Added to the score of head h; empty = 0.
    std::function<double(std::int64_t t, std::int64_t s, std::int64_t h)> bias;
    std::span<const float> columnScale; ///< [heads * headDim] on the result; empty = ones
};

/// Scaled dot-product attention, softmax in two passes, fp64. Query head h uses key/value head h /
/// (heads / kvHeads). A query without visible keys gives zeros.
Matrix attention(const AttentionInputs& in);

} // namespace phial::reference
