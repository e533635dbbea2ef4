// SPDX-License-Identifier: MIT
#include "inference/reference/average_pool.h"

#include "inference/base/error.h"

namespace phial::reference {

Matrix averagePool(const Matrix& x, std::int64_t grid) {
    check(grid % 2 == 0 && x.rows == grid * grid, "average_pool reference: an even square grid");
    const std::int64_t pooled = grid / 2;
    Matrix y(pooled * pooled, x.columns);
    for (std::int64_t row = 0; row < x.rows; ++row) {
        const std::int64_t target = row / grid / 2 * pooled + row % grid / 2;
        for (std::int64_t d = 0; d < x.columns; ++d) {
            y.at(target, d) += x.at(row, d) / 4; // the division is exact
        }
    }
    return y;
}

} // namespace phial::reference
