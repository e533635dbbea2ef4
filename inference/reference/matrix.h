// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace phial::reference {

/// A dense row-major matrix on the host: what a [T, D] activation is on the device. Value type.
struct Matrix {
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    std::vector<float> values; ///< rows * columns

    Matrix() = default;
    /// All zeros.
    Matrix(std::int64_t rowCount, std::int64_t columnCount);
    /// Takes the values over. Throws Error{Internal} unless there are rowCount * columnCount of
    /// them.
    Matrix(std::int64_t rowCount, std::int64_t columnCount, std::vector<float> content);

    float& at(std::int64_t row, std::int64_t column);
    float at(std::int64_t row, std::int64_t column) const;
    std::span<float> row(std::int64_t index);
    std::span<const float> row(std::int64_t index) const;

    /// Copies of a range of rows or columns.
    Matrix rowSlice(std::int64_t first, std::int64_t count) const;
    Matrix columnSlice(std::int64_t first, std::int64_t count) const;
};

} // namespace phial::reference
