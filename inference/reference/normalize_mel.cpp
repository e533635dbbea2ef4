// SPDX-License-Identifier: MIT
#include "inference/reference/normalize_mel.h"

#include "inference/base/error.h"

namespace phial::reference {

Matrix normalizeMel(const Matrix& x, std::span<const float> mean,
                    std::span<const float> inverseStd) {
    check(std::ssize(mean) == x.columns && std::ssize(inverseStd) == x.columns,
          "normalize_mel reference: one mean and one inverseStd per column");
    Matrix y(x.rows, x.columns);
    for (std::int64_t t = 0; t < x.rows; ++t) {
        for (std::int64_t m = 0; m < x.columns; ++m) {
            const auto i = static_cast<std::size_t>(m);
            y.at(t, m) = (x.at(t, m) - mean[i]) * inverseStd[i];
        }
    }
    return y;
}

} // namespace phial::reference
