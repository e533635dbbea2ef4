// SPDX-License-Identifier: MIT
#include "inference/reference/linear.h"

#include "inference/base/error.h"

#include <cmath>
#include <numbers>

namespace phial::reference {

namespace {

double activate(LinearActivation kind, double x) {
    switch (kind) {
    case LinearActivation::None:
        return x;
    case LinearActivation::Relu:
        return x > 0 ? x : 0;
    case LinearActivation::Silu:
        return x / (1 + std::exp(-x));
    case LinearActivation::Gelu:
        return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2));
    case LinearActivation::GeluTanh:
        return 0.5 * x *
               (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
    }
    return x;
}

} // namespace

Matrix linear(const Matrix& x, const Matrix& weight, const LinearExtras& extras) {
    check(x.columns == weight.columns &&
              (extras.bias.empty() || std::ssize(extras.bias) == weight.rows),
          "linear reference: shapes do not match");
    Matrix y(x.rows, weight.rows);
    for (std::int64_t t = 0; t < y.rows; ++t) {
        for (std::int64_t n = 0; n < y.columns; ++n) {
            double sum = extras.bias.empty() ? 0 : extras.bias[static_cast<std::size_t>(n)];
            for (std::int64_t k = 0; k < x.columns; ++k) {
                sum += static_cast<double>(x.at(t, k)) * static_cast<double>(weight.at(n, k));
            }
            const double before = extras.addTo == nullptr ? 0 : extras.addTo->at(t, n);
            y.at(t, n) = static_cast<float>(before + static_cast<double>(extras.scale) *
                                                         activate(extras.activation, sum));
        }
    }
    return y;
}

} // namespace phial::reference
