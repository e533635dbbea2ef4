// SPDX-License-Identifier: MIT
#include "inference/reference/conv1d_depthwise.h"

#include "inference/base/error.h"

namespace phial::reference {

Matrix conv1dDepthwise(const Matrix& x, const Matrix& weight, std::span<const float> bias) {
    check(weight.rows == x.columns && std::ssize(bias) == x.columns,
          "conv1d_depthwise reference: weights and bias for every column");
    const std::int64_t taps = weight.columns;
    Matrix padded(x.rows + taps - 1, x.columns);
    for (std::int64_t t = 0; t < x.rows; ++t) {
        for (std::int64_t c = 0; c < x.columns; ++c) {
            padded.at(t + taps - 1, c) = x.at(t, c);
        }
    }
    Matrix y(x.rows, x.columns);
    for (std::int64_t t = 0; t < x.rows; ++t) {
        for (std::int64_t c = 0; c < x.columns; ++c) {
            double sum = bias[static_cast<std::size_t>(c)];
            for (std::int64_t j = 0; j < taps; ++j) {
                sum += static_cast<double>(weight.at(c, j)) * padded.at(t + j, c);
            }
            y.at(t, c) = static_cast<float>(sum);
        }
    }
    return y;
}

} // namespace phial::reference
