// SPDX-License-Identifier: MIT
#include "inference/reference/copy_rows.h"

#include "inference/base/half.h"

namespace phial::reference {

Matrix copyRows(const Matrix& x, Storage storage) {
    Matrix y = x;
    for (float& value : y.values) {
        switch (storage) {
        case Storage::F32:
            break;
        case Storage::F16:
            value = halfToFloat(floatToHalf(value));
            break;
        case Storage::BF16:
            value = bf16ToFloat(floatToBf16(value));
            break;
        }
    }
    return y;
}

} // namespace phial::reference
