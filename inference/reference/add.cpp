// SPDX-License-Identifier: MIT
#include "inference/reference/add.h"

#include "inference/base/error.h"

namespace phial::reference {

Matrix add(const Matrix& x, const Matrix& z, float alpha) {
    check(x.rows == z.rows && x.columns == z.columns, "add reference: equal shapes");
    Matrix y = x;
    for (std::size_t i = 0; i < y.values.size(); ++i) {
        y.values[i] = static_cast<float>(x.values[i] + static_cast<double>(alpha) * z.values[i]);
    }
    return y;
}

} // namespace phial::reference
