// SPDX-License-Identifier: MIT
#include "inference/reference/rope_append.h"

#include "inference/base/error.h"

#include <algorithm>

namespace phial::reference {

Matrix ropeAppend(const Matrix& qkv, std::span<const std::int32_t> tableRows,
                  std::span<const std::int32_t> positions, const Matrix& cosSin,
                  const RopeShape& shape, Matrix& keys, Matrix& values) {
    const std::int64_t columns = keys.columns;
    check(std::ssize(positions) == qkv.rows && values.columns == columns &&
              qkv.columns >= 2 * columns,
          "rope_append reference: one position per row, k and v behind q");
    const Matrix turned = rope(qkv, tableRows, cosSin, shape);
    const Matrix k = turned.columnSlice(qkv.columns - 2 * columns, columns);
    const Matrix v = turned.columnSlice(qkv.columns - columns, columns);
    for (std::int64_t t = 0; t < qkv.rows; ++t) {
        const std::int64_t slot = positions[static_cast<std::size_t>(t)];
        check(slot >= 0 && slot < keys.rows && slot < values.rows,
              "rope_append reference: position outside the cache");
        std::copy(k.row(t).begin(), k.row(t).end(), keys.row(slot).begin());
        std::copy(v.row(t).begin(), v.row(t).end(), values.row(slot).begin());
    }
    return turned.columnSlice(0, qkv.columns - 2 * columns);
}

} // namespace phial::reference
