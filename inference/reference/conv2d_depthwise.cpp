// SPDX-License-Identifier: MIT
#include "inference/reference/conv2d_depthwise.h"

#include "inference/base/error.h"

namespace phial::reference {

Matrix conv2dDepthwise(const Matrix& x, std::int64_t frequencies, const Matrix& weight,
                       std::span<const float> bias) {
    const std::int64_t channels = x.columns;
    check(frequencies > 0 && x.rows % frequencies == 0 && weight.rows == channels &&
              weight.columns == 9 && std::ssize(bias) == channels,
          "conv2d_depthwise reference: whole frames, nine taps and one bias per channel");
    const std::int64_t frames = x.rows / frequencies;
    const std::int64_t outputFrequencies = (frequencies + 1) / 2;
    Matrix y((frames + 1) / 2 * outputFrequencies, channels);
    for (std::int64_t c = 0; c < channels; ++c) {
        // One channel as a padded picture of its own.
        Matrix padded(frames + 2, frequencies + 2);
        for (std::int64_t row = 0; row < x.rows; ++row) {
            padded.at(row / frequencies + 1, row % frequencies + 1) = x.at(row, c);
        }
        for (std::int64_t row = 0; row < y.rows; ++row) {
            const std::int64_t top = 2 * (row / outputFrequencies);
            const std::int64_t left = 2 * (row % outputFrequencies);
            double sum = bias[static_cast<std::size_t>(c)];
            for (std::int64_t tap = 0; tap < 9; ++tap) {
                sum += static_cast<double>(weight.at(c, tap)) *
                       padded.at(top + tap / 3, left + tap % 3);
            }
            y.at(row, c) = static_cast<float>(sum);
        }
    }
    return y;
}

} // namespace phial::reference
