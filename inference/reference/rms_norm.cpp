// SPDX-License-Identifier: MIT
#include "inference/reference/rms_norm.h"

#include "inference/base/error.h"

#include <cmath>

namespace phial::reference {

Matrix rmsNorm(const Matrix& x, std::span<const float> weight, float eps) {
    check(std::ssize(weight) == x.columns, "rms_norm reference: one weight per column");
    Matrix y(x.rows, x.columns);
    for (std::int64_t t = 0; t < x.rows; ++t) {
        double squares = 0;
        for (const float value : x.row(t)) {
            squares += static_cast<double>(value) * value;
        }
        const double root = std::sqrt(squares / static_cast<double>(x.columns) + eps);
        for (std::int64_t d = 0; d < x.columns; ++d) {
            y.at(t, d) =
                static_cast<float>(x.at(t, d) / root * weight[static_cast<std::size_t>(d)]);
        }
    }
    return y;
}

} // namespace phial::reference
