// SPDX-License-Identifier: MIT
#include "inference/quant/activation_scale.h"

#include "inference/base/error.h"
#include "inference/quant/vector_clones.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace phial::quant {

namespace {

std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

/// Eight sums side by side, so that the compiler may use vectors.
PHIAL_VECTOR_CLONES float dot(const float* a, const float* b, std::int64_t count) {
    float sums[8] = {};
    std::int64_t j = 0;
    for (; j + 8 <= count; j += 8) {
        for (int l = 0; l < 8; ++l) {
            sums[l] += a[j + l] * b[j + l];
        }
    }
    for (; j < count; ++j) {
        sums[0] += a[j] * b[j];
    }
    return ((sums[0] + sums[4]) + (sums[1] + sums[5])) +
           ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

} // namespace

InputStatistics inputStatistics(const MatrixView& inputs) {
    check(inputs.rows > 0, "statistics of at least one input");
    std::vector<double> absolute(at(inputs.columns));
    std::vector<double> square(at(inputs.columns));
    for (std::int64_t i = 0; i < inputs.rows; ++i) {
        for (std::int64_t j = 0; j < inputs.columns; ++j) {
            const auto x = static_cast<double>(inputs.row(i)[j]);
            absolute[at(j)] += std::abs(x);
            square[at(j)] += x * x;
        }
    }
    const auto mean = [&](const std::vector<double>& sums) {
        std::vector<float> out(sums.size());
        std::transform(sums.begin(), sums.end(), out.begin(), [&](double sum) {
            return static_cast<float>(sum / static_cast<double>(inputs.rows));
        });
        return out;
    };
    return {mean(absolute), mean(square)};
}

double outputError(const MatrixView& rows, std::span<const float> restored,
                   const MatrixView& inputs) {
    check(std::cmp_equal(restored.size(), rows.rows * rows.columns), "as many values as before");
    check(inputs.columns == rows.columns, "inputs have the width of the weight");
    std::vector<float> difference(at(rows.columns));
    double error = 0;
    for (std::int64_t i = 0; i < rows.rows; ++i) {
        for (std::int64_t j = 0; j < rows.columns; ++j) {
            difference[at(j)] = restored[at(i * rows.columns + j)] - rows.row(i)[j];
        }
        for (std::int64_t k = 0; k < inputs.rows; ++k) {
            const auto y = static_cast<double>(dot(inputs.row(k), difference.data(), rows.columns));
            error += y * y;
        }
    }
    return error;
}

std::vector<float> chooseActivationScale(const MatrixView& rows, std::span<const float> t,
                                         const MatrixView& inputs, const Restore& restore,
                                         int steps) {
    check(std::cmp_equal(t.size(), rows.columns), "one column scale per column");
    const InputStatistics statistics = inputStatistics(inputs);
    std::vector<float> magnitude(at(rows.columns));
    for (std::int64_t j = 0; j < rows.columns; ++j) {
        magnitude[at(j)] = std::max(statistics.meanAbsolute[at(j)] * t[at(j)], 1e-6F);
    }
    double least = std::numeric_limits<double>::infinity();
    std::vector<float> best;
    for (int k = 0; k < steps; ++k) {
        const float a = static_cast<float>(k) / static_cast<float>(steps);
        std::vector<float> c(at(rows.columns));
        std::transform(magnitude.begin(), magnitude.end(), c.begin(),
                       [a](float m) { return std::pow(m, a); });
        const auto [lo, hi] = std::minmax_element(c.begin(), c.end());
        const float centre = std::sqrt(*lo * *hi);
        std::for_each(c.begin(), c.end(), [centre](float& value) { value /= centre; });
        const double error = outputError(rows, restore(c), inputs);
        if (error < least) {
            least = error;
            best = std::move(c);
        }
    }
    return best;
}

} // namespace phial::quant
