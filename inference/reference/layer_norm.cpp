// SPDX-License-Identifier: MIT
#include "inference/reference/layer_norm.h"

#include "inference/base/error.h"

#include <cmath>

namespace phial::reference {

Matrix layerNorm(const Matrix& x, std::span<const float> weight, std::span<const float> bias,
                 float eps) {
    check(std::ssize(weight) == x.columns && std::ssize(bias) == x.columns,
          "layer_norm reference: one weight and one bias per column");
    Matrix y(x.rows, x.columns);
    const auto count = static_cast<double>(x.columns);
    for (std::int64_t t = 0; t < x.rows; ++t) {
        double mean = 0;
        for (const float value : x.row(t)) {
            mean += value / count;
        }
        double variance = 0;
        for (const float value : x.row(t)) {
            variance += (value - mean) * (value - mean) / count;
        }
        for (std::int64_t d = 0; d < x.columns; ++d) {
            const auto i = static_cast<std::size_t>(d);
            y.at(t, d) = static_cast<float>(
                (x.at(t, d) - mean) / std::sqrt(variance + eps) * weight[i] + bias[i]);
        }
    }
    return y;
}

} // namespace phial::reference
