// SPDX-License-Identifier: MIT
#include "inference/reference/matrix.h"

#include "inference/base/error.h"

#include <algorithm>
#include <utility>

namespace phial::reference {

Matrix::Matrix(std::int64_t rowCount, std::int64_t columnCount)
    : Matrix(rowCount, columnCount,
             std::vector<float>(static_cast<std::size_t>(rowCount * columnCount))) {}

Matrix::Matrix(std::int64_t rowCount, std::int64_t columnCount, std::vector<float> content)
    : rows(rowCount)
    , columns(columnCount)
    , values(std::move(content)) {
    check(rows >= 0 && columns >= 0 && std::ssize(values) == rows * columns,
          "a matrix needs rows * columns values");
}

float& Matrix::at(std::int64_t row, std::int64_t column) {
    return values[static_cast<std::size_t>(row * columns + column)];
}

float Matrix::at(std::int64_t row, std::int64_t column) const {
    return values[static_cast<std::size_t>(row * columns + column)];
}

std::span<float> Matrix::row(std::int64_t index) {
    return std::span(values).subspan(static_cast<std::size_t>(index * columns),
                                     static_cast<std::size_t>(columns));
}

std::span<const float> Matrix::row(std::int64_t index) const {
    return std::span(values).subspan(static_cast<std::size_t>(index * columns),
                                     static_cast<std::size_t>(columns));
}

Matrix Matrix::rowSlice(std::int64_t first, std::int64_t count) const {
    check(first >= 0 && count >= 0 && first + count <= rows, "row slice outside the matrix");
    const auto begin = values.begin() + first * columns;
    return {count, columns, std::vector<float>(begin, begin + count * columns)};
}

Matrix Matrix::columnSlice(std::int64_t first, std::int64_t count) const {
    check(first >= 0 && count >= 0 && first + count <= columns, "column slice outside the matrix");
    Matrix out(rows, count);
    for (std::int64_t t = 0; t < rows; ++t) {
        const auto from =
            std::span(std::as_const(*this).row(t))
                .subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
        std::copy(from.begin(), from.end(), out.row(t).begin());
    }
    return out;
}

} // namespace phial::reference
