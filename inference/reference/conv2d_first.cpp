// SPDX-License-Identifier: MIT
#include "inference/reference/conv2d_first.h"

#include "inference/base/error.h"

#include <algorithm>

namespace phial::reference {

Matrix conv2dFirst(const Matrix& x, const Matrix& weight, std::span<const float> bias) {
    const std::int64_t channels = weight.rows;
    check(weight.columns == 9 && std::ssize(bias) == channels,
          "conv2d_first reference: nine taps and one bias per channel");
    Matrix padded(x.rows + 2, x.columns + 2);
    for (std::int64_t t = 0; t < x.rows; ++t) {
        for (std::int64_t f = 0; f < x.columns; ++f) {
            padded.at(t + 1, f + 1) = x.at(t, f);
        }
    }
    const std::int64_t frames = (x.rows + 1) / 2;
    const std::int64_t frequencies = (x.columns + 1) / 2;
    Matrix y(frames * frequencies, channels);
    for (std::int64_t row = 0; row < y.rows; ++row) {
        const std::int64_t top = 2 * (row / frequencies);
        const std::int64_t left = 2 * (row % frequencies);
        for (std::int64_t c = 0; c < channels; ++c) {
            double sum = bias[static_cast<std::size_t>(c)];
            for (std::int64_t tap = 0; tap < 9; ++tap) {
                sum += static_cast<double>(weight.at(c, tap)) *
                       padded.at(top + tap / 3, left + tap % 3);
            }
            y.at(row, c) = static_cast<float>(std::max(sum, 0.0));
        }
    }
    return y;
}

} // namespace phial::reference
