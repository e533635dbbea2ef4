// SPDX-License-Identifier: MIT
#include "inference/reference/add_rows.h"

#include "inference/base/error.h"

namespace phial::reference {

void addRows(Matrix& x, const Matrix& table, std::span<const std::int32_t> ids) {
    check(std::ssize(ids) == x.rows && table.columns == x.columns,
          "add_rows reference: one id per row, equal widths");
    for (std::int64_t t = 0; t < x.rows; ++t) {
        const std::int64_t id = ids[static_cast<std::size_t>(t)];
        check(id >= 0 && id < table.rows, "add_rows reference: id outside the table");
        for (std::int64_t d = 0; d < x.columns; ++d) {
            x.at(t, d) += table.at(id, d);
        }
    }
}

} // namespace phial::reference
