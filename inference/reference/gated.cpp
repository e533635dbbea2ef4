// SPDX-License-Identifier: MIT
#include "inference/reference/gated.h"

#include "inference/base/error.h"

#include <cmath>

namespace phial::reference {

Matrix gated(const Matrix& x, GateHalf gateHalf, std::span<const float> valueBias,
             std::span<const float> gateBias, std::span<const float> columnScale) {
    const std::int64_t columns = x.columns / 2;
    const auto fits = [columns](std::span<const float> bias) {
        return bias.empty() || std::ssize(bias) == columns;
    };
    check(x.columns % 2 == 0 && fits(valueBias) && fits(gateBias) && fits(columnScale),
          "gated reference: two halves, one bias per column of a half");
    const bool gateFirst = gateHalf == GateHalf::First;
    Matrix y(x.rows, columns);
    for (std::int64_t t = 0; t < x.rows; ++t) {
        for (std::int64_t f = 0; f < columns; ++f) {
            const auto i = static_cast<std::size_t>(f);
            const double value = static_cast<double>(x.at(t, gateFirst ? columns + f : f)) +
                                 (valueBias.empty() ? 0 : valueBias[i]);
            const double gate = static_cast<double>(x.at(t, gateFirst ? f : columns + f)) +
                                (gateBias.empty() ? 0 : gateBias[i]);
            const double scale = columnScale.empty() ? 1 : columnScale[i];
            y.at(t, f) = static_cast<float>(scale * value * gate / (1 + std::exp(-gate)));
        }
    }
    return y;
}

} // namespace phial::reference
