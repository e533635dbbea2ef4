// SPDX-License-Identifier: MIT
#include "inference/reference/scatter_rows.h"

#include "inference/base/error.h"

#include <algorithm>

namespace phial::reference {

void scatterRows(const Matrix& source, std::span<const std::int32_t> rows, Matrix& destination) {
    check(std::ssize(rows) == source.rows && source.columns == destination.columns,
          "scatter_rows reference: one row number per source row, equal widths");
    for (std::int64_t n = 0; n < source.rows; ++n) {
        const std::int64_t target = rows[static_cast<std::size_t>(n)];
        check(target >= 0 && target < destination.rows,
              "scatter_rows reference: row outside the destination");
        std::copy(source.row(n).begin(), source.row(n).end(), destination.row(target).begin());
    }
}

} // namespace phial::reference
