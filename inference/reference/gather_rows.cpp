// SPDX-License-Identifier: MIT
#include "inference/reference/gather_rows.h"

#include "inference/base/error.h"

#include <algorithm>

namespace phial::reference {

Matrix gatherRows(const Matrix& table, std::span<const std::int32_t> ids) {
    Matrix y(std::ssize(ids), table.columns);
    for (std::int64_t t = 0; t < y.rows; ++t) {
        const std::int64_t id = ids[static_cast<std::size_t>(t)];
        check(id >= 0 && id < table.rows, "gather_rows reference: id outside the table");
        std::copy(table.row(id).begin(), table.row(id).end(), y.row(t).begin());
    }
    return y;
}

} // namespace phial::reference
