// SPDX-License-Identifier: MIT
#include "inference/reference/rope.h"

#include "inference/base/error.h"

namespace phial::reference {

Matrix rope(const Matrix& x, std::span<const std::int32_t> rows, const Matrix& cosSin,
            const RopeShape& shape) {
    check(std::ssize(rows) == x.rows && cosSin.columns == shape.rotaryDim,
          "rope reference: one table row per row, rotaryDim table columns");
    const std::int64_t half = shape.rotaryDim / 2;
    Matrix y = x;
    for (std::int64_t t = 0; t < x.rows; ++t) {
        const std::int64_t angle = rows[static_cast<std::size_t>(t)];
        check(angle >= 0 && angle < cosSin.rows, "rope reference: row outside the table");
        for (std::int64_t head = 0; head < shape.heads; ++head) {
            const std::int64_t first = head * shape.headDim;
            for (std::int64_t j = 0; j < half; ++j) {
                const double cosine = cosSin.at(angle, j);
                const double sine = cosSin.at(angle, half + j);
                const double a = x.at(t, first + j);
                const double b = x.at(t, first + half + j);
                y.at(t, first + j) = static_cast<float>(a * cosine - b * sine);
                y.at(t, first + half + j) = static_cast<float>(b * cosine + a * sine);
            }
        }
    }
    return y;
}

} // namespace phial::reference
