// SPDX-License-Identifier: MIT
#include "inference/quant/sinq.h"

#include "inference/base/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace phial::quant {

const std::array<float, 16> kNf4 = {-1.0F,
                                    -0.6961928009986877F,
                                    -0.5250730514526367F,
                                    -0.39491748809814453F,
                                    -0.28444138169288635F,
                                    -0.18477343022823334F,
                                    -0.09105003625154495F,
                                    0.0F,
                                    0.07958029955625534F,
                                    0.16093020141124725F,
                                    0.24611230194568634F,
                                    0.33791524171829224F,
                                    0.44070982933044434F,
                                    0.5626170039176941F,
                                    0.7229568362236023F,
                                    1.0F};
const std::array<float, 8> kNf3 = {-1.0F,
                                   -0.5350227355957031F,
                                   -0.2469314038753510F,
                                   0.0F,
                                   0.1833375245332718F,
                                   0.3819939494132996F,
                                   0.6229856610298157F,
                                   1.0F};

namespace {

std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

/// One quantized row of a tile.
struct RowCode {
    float scale = 1;
    float zero = 0;
};

RowCode roundUniform(std::span<const float> n, int qmax, std::uint8_t* codes) {
    const auto [lo, hi] = std::minmax_element(n.begin(), n.end());
    const float scale = std::max(*hi - *lo, 1e-4F) / static_cast<float>(qmax);
    const float zero = -std::nearbyint(*lo / scale);
    for (std::size_t j = 0; j < n.size(); ++j) {
        codes[j] = static_cast<std::uint8_t>(
            std::clamp(std::nearbyint(n[j] / scale + zero), 0.0F, static_cast<float>(qmax)));
    }
    return {scale, zero};
}

RowCode roundSymmetric(std::span<const float> n, int qmax, std::uint8_t* codes) {
    const int top = qmax / 2 - 1;
    float largest = 0;
    for (const float value : n) {
        largest = std::max(largest, std::abs(value));
    }
    const float scale = std::max(largest, 1e-5F) / static_cast<float>(top);
    for (std::size_t j = 0; j < n.size(); ++j) {
        const float code = std::clamp(std::nearbyint(n[j] / scale),
                                      static_cast<float>(-(qmax + 1) / 2), static_cast<float>(top));
        codes[j] = static_cast<std::uint8_t>(static_cast<int>(code) + qmax / 2);
    }
    return {scale, static_cast<float>(qmax / 2)};
}

RowCode roundBook(std::span<const float> n, std::span<const float> book, std::uint8_t* codes) {
    double sum = 0;
    for (const float value : n) {
        sum += static_cast<double>(value);
    }
    const auto mean = static_cast<float>(sum / static_cast<double>(n.size()));
    float largest = 0;
    for (const float value : n) {
        largest = std::max(largest, std::abs(value - mean));
    }
    const float scale = std::max(largest, 1e-4F);
    const float zero = -mean / scale;
    for (std::size_t j = 0; j < n.size(); ++j) {
        const float target = n[j] / scale + zero;
        std::size_t best = 0;
        for (std::size_t k = 1; k < book.size(); ++k) {
            if (std::abs(target - book[k]) < std::abs(target - book[best])) {
                best = k;
            }
        }
        codes[j] = static_cast<std::uint8_t>(best);
    }
    return {scale, zero};
}

/// Half-quadratic refinement of a whole tile: the published code judges one error over all rows and
/// keeps the last pass's codes with the best pass's zero points, which is reproduced here.
void roundHqq(const std::vector<float>& n, std::int64_t rows, std::int64_t columns, int qmax,
              std::vector<std::uint8_t>& codes, std::vector<RowCode>& out) {
    constexpr int kPasses = 20;
    constexpr float kBeta = 10.0F;
    constexpr float kPower = 0.7F;
    std::vector<float> inverse(at(rows));
    std::vector<float> zero(at(rows));
    for (std::int64_t i = 0; i < rows; ++i) {
        const auto* row = n.data() + i * columns;
        const auto [lo, hi] = std::minmax_element(row, row + columns);
        const float range = *hi - *lo;
        const float raw = std::abs(range) <= 1e-4F ? 1.0F : static_cast<float>(qmax) / range;
        inverse[at(i)] = std::min(raw, 2e4F);
        zero[at(i)] = -*lo * inverse[at(i)];
    }
    double best = std::numeric_limits<double>::infinity();
    for (int pass = 0; pass < kPasses; ++pass) {
        double error = 0;
        std::vector<float> nextZero(at(rows));
        for (std::int64_t i = 0; i < rows; ++i) {
            const float inv = std::clamp(inverse[at(i)], 1e-5F, 1e5F);
            inverse[at(i)] = inv;
            double zeroSum = 0;
            for (std::int64_t j = 0; j < columns; ++j) {
                const float value = n[at(i * columns + j)];
                const float q = std::clamp(std::nearbyint(value * inv + zero[at(i)]), 0.0F,
                                           static_cast<float>(qmax));
                codes[at(i * columns + j)] = static_cast<std::uint8_t>(q);
                const float restored = (q - zero[at(i)]) / inv;
                const float distance = std::clamp(std::abs(value - restored), 1e-5F, 1e5F);
                const float shrunk =
                    std::max(distance - (1.0F / kBeta) * std::pow(distance, kPower - 1.0F), 0.0F);
                error += static_cast<double>(std::abs(value - restored));
                zeroSum += static_cast<double>(q - (value - shrunk) * inv);
            }
            nextZero[at(i)] = static_cast<float>(zeroSum / static_cast<double>(columns));
        }
        if (error < best) {
            best = error;
            for (std::int64_t i = 0; i < rows; ++i) {
                out[at(i)] = {1.0F / inverse[at(i)], nextZero[at(i)]};
            }
        }
        zero = std::move(nextZero);
    }
}

void checkOptions(const SinqOptions& options, std::int64_t columns) {
    const bool bookBits = (options.rounding == Rounding::Nf4 && options.bits != 4) ||
                          (options.rounding == Rounding::Nf3 && options.bits != 3);
    if (options.bits < 2 || options.bits > 8 || bookBits) {
        throw Error(ErrorCode::InvalidArgument,
                    "SINQ stores 2 to 8 bits (NF4: 4, NF3: 3); asked for " +
                        std::to_string(options.bits));
    }
    if (!options.activationScale.empty()) {
        check(static_cast<std::int64_t>(options.activationScale.size()) == columns,
              "one activation scale per column");
    }
}

} // namespace

int usableGroup(std::int64_t width, int group) {
    while (group >= 16 && width % group != 0) {
        group /= 2;
    }
    if (group < 16) {
        throw Error(ErrorCode::InvalidArgument,
                    "a width of " + std::to_string(width) +
                        " is divisible by no group of 16 or more; pad the matrix");
    }
    return group;
}

SinqMatrix quantizeSinq(const MatrixView& weight, const SinqOptions& options) {
    checkOptions(options, weight.columns);
    SinqMatrix out;
    out.rows = weight.rows;
    out.columns = weight.columns;
    out.group = usableGroup(weight.columns, options.group);
    out.rounding = options.rounding;
    bool normalise = options.normalise == Normalise::Sinkhorn;
    std::span<const float> activation = options.activationScale;
    if (normalise && options.gate == KurtosisGate::Published && kurtosis(weight) > 5.0) {
        normalise = false;
        out.rounding = Rounding::Uniform;
        activation = {};
    }
    const std::int64_t groups = weight.columns / out.group;
    const int qmax = (1 << options.bits) - 1;
    out.codes.resize(at(weight.rows * weight.columns));
    out.s1.resize(at(weight.rows * groups));
    out.z.resize(at(weight.rows * groups));
    out.t.resize(at(weight.columns));

    std::vector<float> n(at(weight.rows * out.group));
    std::vector<std::uint8_t> codes(n.size());
    std::vector<RowCode> rowCodes(at(weight.rows));
    for (std::int64_t g = 0; g < groups; ++g) {
        const std::int64_t first = g * out.group;
        const MatrixView tile{weight.data + first, weight.rows, out.group, weight.stride};
        TileScales scales = normalise ? sinkhorn(tile, options.passes)
                                      : TileScales{std::vector<float>(at(out.group), 1.0F),
                                                   std::vector<float>(at(weight.rows), 1.0F)};
        for (std::int64_t i = 0; i < weight.rows; ++i) {
            for (std::int64_t j = 0; j < out.group; ++j) {
                float value = tile.row(i)[j] / scales.t[at(j)] / scales.s[at(i)];
                if (!activation.empty()) {
                    value *= activation[at(first + j)];
                }
                n[at(i * out.group + j)] = value;
            }
        }
        if (!activation.empty()) {
            for (std::int64_t j = 0; j < out.group; ++j) {
                scales.t[at(j)] /= activation[at(first + j)];
            }
        }
        if (out.rounding == Rounding::Hqq) {
            roundHqq(n, weight.rows, out.group, qmax, codes, rowCodes);
        }
        for (std::int64_t i = 0; i < weight.rows; ++i) {
            const std::span<const float> row(n.data() + i * out.group, at(out.group));
            std::uint8_t* rowOut = codes.data() + i * out.group;
            switch (out.rounding) {
            case Rounding::Uniform:
                rowCodes[at(i)] = roundUniform(row, qmax, rowOut);
                break;
            case Rounding::Symmetric:
                rowCodes[at(i)] = roundSymmetric(row, qmax, rowOut);
                break;
            case Rounding::Nf4:
                rowCodes[at(i)] = roundBook(row, kNf4, rowOut);
                break;
            case Rounding::Nf3:
                rowCodes[at(i)] = roundBook(row, kNf3, rowOut);
                break;
            case Rounding::Hqq:
                break;
            }
            std::copy_n(rowOut, out.group, out.codes.data() + i * weight.columns + first);
            out.s1[at(i * groups + g)] = rowCodes[at(i)].scale * scales.s[at(i)];
            out.z[at(i * groups + g)] = rowCodes[at(i)].zero;
        }
        std::copy(scales.t.begin(), scales.t.end(), out.t.begin() + first);
    }
    return out;
}

std::vector<float> dequantize(const SinqMatrix& m) {
    std::vector<float> out(m.codes.size());
    const std::int64_t groups = m.columns / m.group;
    for (std::int64_t i = 0; i < m.rows; ++i) {
        for (std::int64_t j = 0; j < m.columns; ++j) {
            const std::uint8_t code = m.codes[at(i * m.columns + j)];
            const float level = m.rounding == Rounding::Nf4   ? kNf4[code]
                                : m.rounding == Rounding::Nf3 ? kNf3[code]
                                                              : static_cast<float>(code);
            const std::int64_t g = i * groups + j / m.group;
            out[at(i * m.columns + j)] = (level - m.z[at(g)]) * m.s1[at(g)] * m.t[at(j)];
        }
    }
    return out;
}

void fixGauge(SinqMatrix& m) {
    const std::int64_t groups = m.columns / m.group;
    for (std::int64_t g = 0; g < groups; ++g) {
        const auto begin = m.t.begin() + g * m.group;
        std::vector<float> sorted(begin, begin + m.group);
        std::sort(sorted.begin(), sorted.end());
        const float median = (sorted[at(m.group / 2 - 1)] + sorted[at(m.group / 2)]) / 2.0F;
        std::for_each(begin, begin + m.group, [&](float& t) { t /= median; });
        for (std::int64_t i = 0; i < m.rows; ++i) {
            m.s1[at(i * groups + g)] *= median;
        }
    }
}

std::vector<float> searchActivationScale(const MatrixView& weight, const MatrixView& inputs,
                                         const SinqOptions& options, int steps) {
    check(inputs.columns == weight.columns, "calibration inputs have the width of the weight");
    const std::int64_t width = weight.columns;
    std::vector<float> meanInput(at(width));
    std::vector<float> meanWeight(at(width));
    const auto columnMeans = [width](const MatrixView& m, std::vector<float>& out) {
        std::vector<double> sums(at(width));
        for (std::int64_t i = 0; i < m.rows; ++i) {
            for (std::int64_t j = 0; j < width; ++j) {
                sums[at(j)] += std::abs(static_cast<double>(m.row(i)[j]));
            }
        }
        std::transform(sums.begin(), sums.end(), out.begin(), [&](double sum) {
            return static_cast<float>(sum / static_cast<double>(m.rows));
        });
    };
    columnMeans(inputs, meanInput);
    columnMeans(weight, meanWeight);

    double best = std::numeric_limits<double>::infinity();
    std::vector<float> result(at(width), 1.0F);
    std::vector<float> difference(at(width));
    for (int k = 0; k < steps; ++k) {
        const float a = static_cast<float>(k) / static_cast<float>(steps);
        std::vector<float> c(at(width));
        for (std::int64_t j = 0; j < width; ++j) {
            const float numerator = std::max(std::pow(meanInput[at(j)], a), 1e-4F);
            c[at(j)] = std::max(numerator / (std::pow(meanWeight[at(j)], 1.0F - a) + 1e-4F), 1e-4F);
        }
        const auto [lo, hi] = std::minmax_element(c.begin(), c.end());
        const float centre = std::sqrt(*hi * *lo);
        std::for_each(c.begin(), c.end(), [centre](float& value) { value /= centre; });

        SinqOptions trial = options;
        trial.activationScale = c;
        const std::vector<float> restored = dequantize(quantizeSinq(weight, trial));
        double error = 0;
        for (std::int64_t row = 0; row < weight.rows; ++row) {
            for (std::int64_t j = 0; j < width; ++j) {
                difference[at(j)] = restored[at(row * width + j)] - weight.row(row)[j];
            }
            for (std::int64_t sample = 0; sample < inputs.rows; ++sample) {
                double dot = 0;
                for (std::int64_t j = 0; j < width; ++j) {
                    dot += static_cast<double>(inputs.row(sample)[j]) *
                           static_cast<double>(difference[at(j)]);
                }
                error += std::abs(dot);
            }
        }
        if (error < best) {
            best = error;
            result = std::move(c);
        }
    }
    return result;
}

} // namespace phial::quant
