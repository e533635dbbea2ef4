// SPDX-License-Identifier: MIT
#include "inference/reference/transpose_channels.h"

#include "inference/base/error.h"

namespace phial::reference {

Matrix transposeChannels(const Matrix& x, std::int64_t frequencies) {
    check(frequencies > 0 && x.rows % frequencies == 0,
          "transpose_channels reference: whole frames");
    Matrix y(x.rows / frequencies, x.columns * frequencies);
    for (std::int64_t row = 0; row < x.rows; ++row) {
        for (std::int64_t c = 0; c < x.columns; ++c) {
            y.at(row / frequencies, c * frequencies + row % frequencies) = x.at(row, c);
        }
    }
    return y;
}

} // namespace phial::reference
