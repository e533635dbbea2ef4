// SPDX-License-Identifier: MIT
#include "inference/reference/kv_append.h"

#include "inference/base/error.h"

#include <algorithm>

namespace phial::reference {

void kvAppend(const Matrix& qkv, std::span<const std::int32_t> positions, Matrix& keys,
              Matrix& values) {
    const std::int64_t columns = keys.columns;
    check(std::ssize(positions) == qkv.rows && values.columns == columns &&
              qkv.columns >= 2 * columns,
          "kv_append reference: one position per row, k and v behind q");
    const Matrix k = qkv.columnSlice(qkv.columns - 2 * columns, columns);
    const Matrix v = qkv.columnSlice(qkv.columns - columns, columns);
    for (std::int64_t t = 0; t < qkv.rows; ++t) {
        const std::int64_t slot = positions[static_cast<std::size_t>(t)];
        check(slot >= 0 && slot < keys.rows && slot < values.rows,
              "kv_append reference: position outside the cache");
        std::copy(k.row(t).begin(), k.row(t).end(), keys.row(slot).begin());
        std::copy(v.row(t).begin(), v.row(t).end(), values.row(slot).begin());
    }
}

} // namespace phial::reference
