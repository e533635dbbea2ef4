// SPDX-License-Identifier: MIT
#include "inference/quant/turboquant.h"

#include "inference/base/error.h"
#include "inference/base/half.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace phial::quant {

namespace {

/// Cumulative zeroth and first moments of the coordinate density (1-t^2)^((d-3)/2) on a fine grid
/// over [-1, 1].
struct Moments {
    static constexpr int kPoints = 400001;
    std::vector<double> zeroth = std::vector<double>(kPoints);
    std::vector<double> first = std::vector<double>(kPoints);
    double variance = 0;

    explicit Moments(int dimension) {
        const double d = dimension;
        const double logConstant =
            std::lgamma(d / 2) - std::lgamma((d - 1) / 2) - 0.5 * std::log(std::numbers::pi);
        const auto density = [&](double t) {
            return std::abs(t) >= 1 ? 0.0
                                    : std::exp(logConstant + (d - 3) / 2 * std::log1p(-t * t));
        };
        const double h = 2.0 / (kPoints - 1);
        double previousT = -1;
        double previous = 0;
        for (int i = 1; i < kPoints; ++i) {
            const double t = -1 + h * i;
            const double f = i == kPoints - 1 ? 0.0 : density(t);
            const auto k = static_cast<std::size_t>(i);
            zeroth[k] = zeroth[k - 1] + (f + previous) / 2 * h;
            first[k] = first[k - 1] + (f * t + previous * previousT) / 2 * h;
            variance += (f * t * t + previous * previousT * previousT) / 2 * h;
            previous = f;
            previousT = t;
        }
    }

    static double interpolate(const std::vector<double>& table, double t) {
        const double position =
            std::clamp((t + 1) / 2 * (kPoints - 1), 0.0, static_cast<double>(kPoints - 1));
        const auto low =
            std::min(static_cast<std::size_t>(position), static_cast<std::size_t>(kPoints - 2));
        const double fraction = position - static_cast<double>(low);
        return table[low] + (table[low + 1] - table[low]) * fraction;
    }
};

std::vector<double> midpoints(const std::vector<double>& levels) {
    std::vector<double> bounds(levels.size() - 1);
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        bounds[i] = (levels[i] + levels[i + 1]) / 2;
    }
    return bounds;
}

/// Probability mass and first moment of every cell.
struct Cells {
    std::vector<double> mass;
    std::vector<double> moment;
};

Cells cells(const Moments& moments, const std::vector<double>& bounds) {
    std::vector<double> edges{-1};
    edges.insert(edges.end(), bounds.begin(), bounds.end());
    edges.push_back(1);
    Cells out;
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        out.mass.push_back(Moments::interpolate(moments.zeroth, edges[i + 1]) -
                           Moments::interpolate(moments.zeroth, edges[i]));
        out.moment.push_back(Moments::interpolate(moments.first, edges[i + 1]) -
                             Moments::interpolate(moments.first, edges[i]));
    }
    return out;
}

} // namespace

CodeBook lloydMax(int dimension, int bits) {
    check(dimension >= 4 && bits >= 1 && bits <= 6,
          "code books exist for dimension >= 4 and 1 to 6 bits");
    constexpr double kTolerance = 1e-13;
    constexpr int kMaxPasses = 200000;
    const Moments moments(dimension);
    const std::size_t count = std::size_t{1} << bits;
    const double unit = 1 / std::sqrt(static_cast<double>(dimension));
    std::vector<double> levels(count);
    for (std::size_t i = 0; i < count; ++i) {
        levels[i] =
            count == 2
                ? (i == 0 ? -0.8 : 0.8) * unit
                : (-2.5 + 5.0 * static_cast<double>(i) / static_cast<double>(count - 1)) * unit;
    }
    for (int pass = 0; pass < kMaxPasses; ++pass) {
        const Cells cell = cells(moments, midpoints(levels));
        std::vector<double> next(count);
        for (std::size_t i = 0; i < count; ++i) {
            next[i] = cell.moment[i] / cell.mass[i];
        }
        double change = 0;
        std::vector<double> symmetric(count);
        for (std::size_t i = 0; i < count; ++i) {
            symmetric[i] = (next[i] - next[count - 1 - i]) / 2;
            change = std::max(change, std::abs(symmetric[i] - levels[i]));
        }
        levels = std::move(symmetric);
        if (change < kTolerance) {
            break;
        }
    }
    CodeBook book;
    book.bounds = midpoints(levels);
    const Cells cell = cells(moments, book.bounds);
    double perCoordinate = moments.variance;
    for (std::size_t i = 0; i < count; ++i) {
        perCoordinate += levels[i] * levels[i] * cell.mass[i] - 2 * levels[i] * cell.moment[i];
    }
    book.distortion = perCoordinate * dimension;
    book.levels = std::move(levels);
    return book;
}

void hadamard(std::span<float> x) {
    const std::size_t n = x.size();
    check(n > 0 && (n & (n - 1)) == 0, "the Hadamard transform needs a power of two");
    for (std::size_t h = 1; h < n; h *= 2) {
        for (std::size_t block = 0; block < n; block += 2 * h) {
            for (std::size_t i = block; i < block + h; ++i) {
                const float a = x[i];
                const float b = x[i + h];
                x[i] = a + b;
                x[i + h] = a - b;
            }
        }
    }
    const float norm = 1.0F / std::sqrt(static_cast<float>(n));
    for (float& value : x) {
        value *= norm;
    }
}

void rotate(std::span<float> x, std::span<const float> signs) {
    check(x.size() == signs.size(), "one sign per coordinate");
    for (std::size_t i = 0; i < x.size(); ++i) {
        x[i] *= signs[i];
    }
    hadamard(x);
}

void rotateBack(std::span<float> y, std::span<const float> signs) {
    check(y.size() == signs.size(), "one sign per coordinate");
    hadamard(y);
    for (std::size_t i = 0; i < y.size(); ++i) {
        y[i] *= signs[i];
    }
}

CodedVector encodeVector(std::span<const float> x, std::span<const float> signs,
                         const CodeBook& book) {
    double squares = 0;
    for (const float value : x) {
        squares += static_cast<double>(value) * static_cast<double>(value);
    }
    const auto length = static_cast<float>(std::sqrt(squares));
    std::vector<float> y(x.begin(), x.end());
    for (float& value : y) {
        value /= std::max(length, 1e-20F);
    }
    rotate(y, signs);
    CodedVector out;
    out.codes.resize(x.size());
    double decodedSquares = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        const auto bound = std::lower_bound(
            book.bounds.begin(), book.bounds.end(), static_cast<double>(y[i]),
            [](double a, double b) { return static_cast<float>(a) < static_cast<float>(b); });
        const auto code = static_cast<std::size_t>(bound - book.bounds.begin());
        out.codes[i] = static_cast<std::uint8_t>(code);
        decodedSquares += book.levels[code] * book.levels[code];
    }
    out.scale = halfToFloat(
        floatToHalf(length / std::max(static_cast<float>(std::sqrt(decodedSquares)), 1e-20F)));
    return out;
}

CodedVector encodeBytes(std::span<const float> x, std::span<const float> signs) {
    std::vector<float> y(x.begin(), x.end());
    rotate(y, signs);
    float largest = 0;
    for (const float value : y) {
        largest = std::max(largest, std::abs(value));
    }
    CodedVector out;
    out.scale = halfToFloat(floatToHalf(largest / 127));
    out.codes.resize(y.size());
    for (std::size_t i = 0; i < y.size() && out.scale > 0; ++i) {
        const auto code =
            static_cast<int>(std::clamp(std::nearbyint(y[i] / out.scale), -127.0F, 127.0F));
        out.codes[i] = static_cast<std::uint8_t>(code & 255);
    }
    return out;
}

std::vector<float> decodeBytes(const CodedVector& coded) {
    std::vector<float> out(coded.codes.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<float>(static_cast<std::int8_t>(coded.codes[i])) * coded.scale;
    }
    return out;
}

std::vector<float> cacheSigns(int dimension) {
    std::vector<float> signs(static_cast<std::size_t>(dimension));
    std::uint32_t state = 0x5157;
    for (float& sign : signs) {
        state = state * 1664525U + 1013904223U; // the high bits of this generator are good
        sign = (state >> 31U) != 0 ? -1.0F : 1.0F;
    }
    return signs;
}

std::vector<float> decodeRotated(const CodedVector& coded, const CodeBook& book) {
    std::vector<float> out(coded.codes.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<float>(book.levels[coded.codes[i]]) * coded.scale;
    }
    return out;
}

} // namespace phial::quant
