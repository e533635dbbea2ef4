// SPDX-License-Identifier: MIT
#include "inference/reference/patchify.h"

#include "inference/base/error.h"

namespace phial::reference {

Matrix patchify(const Planes& pixels, std::int64_t patchSize) {
    check(std::ssize(pixels.values) == pixels.channels * pixels.height * pixels.width &&
              patchSize > 0 && pixels.height % patchSize == 0 && pixels.width % patchSize == 0,
          "patchify reference: whole patches");
    const std::int64_t across = pixels.width / patchSize;
    Matrix y(pixels.height / patchSize * across, pixels.channels * patchSize * patchSize);
    std::size_t next = 0;
    for (std::int64_t c = 0; c < pixels.channels; ++c) {
        for (std::int64_t row = 0; row < pixels.height; ++row) {
            for (std::int64_t column = 0; column < pixels.width; ++column) {
                const std::int64_t patch = row / patchSize * across + column / patchSize;
                const std::int64_t inside = row % patchSize * patchSize + column % patchSize;
                y.at(patch, c * patchSize * patchSize + inside) = pixels.values[next++];
            }
        }
    }
    return y;
}

} // namespace phial::reference
