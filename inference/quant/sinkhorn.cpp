// SPDX-License-Identifier: MIT
#include "inference/quant/sinkhorn.h"

#include "inference/base/error.h"
#include "inference/quant/vector_clones.h"

#include <algorithm>
#include <cmath>

namespace phial::quant {

namespace {

constexpr float kMinStd = 1e-3F;
constexpr float kMaxStd = 1e3F;

struct Deviations {
    std::vector<float> rows;
    std::vector<float> columns;

    float largest() const {
        return std::max(*std::max_element(rows.begin(), rows.end()),
                        *std::max_element(columns.begin(), columns.end()));
    }

    float smallest() const {
        return std::min(*std::min_element(rows.begin(), rows.end()),
                        *std::min_element(columns.begin(), columns.end()));
    }

    float imbalance() const { return largest() / std::max(smallest(), 1e-12F); }
};

/// Scratch that is reused over the passes of one tile.
struct Scratch {
    std::vector<float> current; ///< [rows, columns], normalised by the scales of this pass
    std::vector<double> columnSum;
    std::vector<double> columnSquares;
};

/// current = tile / columnScale / rowScale, in this order of division, as the published code rounds
/// it.
PHIAL_VECTOR_CLONES void normalise(const MatrixView& tile, const float* columnScale,
                                   const float* rowScale, float* out) {
    for (std::int64_t i = 0; i < tile.rows; ++i) {
        const float* row = tile.row(i);
        const float scale = rowScale[i];
        float* target = out + i * tile.columns;
        for (std::int64_t j = 0; j < tile.columns; ++j) {
            target[j] = row[j] / columnScale[j] / scale;
        }
    }
}

/// Sums in 64 bits with eight independent lanes, so that the compiler may use vectors without
/// reordering a single sum.
PHIAL_VECTOR_CLONES double sumLanes(const float* row, std::int64_t count) {
    double lanes[8] = {};
    std::int64_t j = 0;
    for (; j + 8 <= count; j += 8) {
        for (int l = 0; l < 8; ++l) {
            lanes[l] += static_cast<double>(row[j + l]);
        }
    }
    for (; j < count; ++j) {
        lanes[0] += static_cast<double>(row[j]);
    }
    return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) +
           ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
}

PHIAL_VECTOR_CLONES double squaresLanes(const float* row, std::int64_t count, double mean) {
    double lanes[8] = {};
    std::int64_t j = 0;
    for (; j + 8 <= count; j += 8) {
        for (int l = 0; l < 8; ++l) {
            const double d = static_cast<double>(row[j + l]) - mean;
            lanes[l] += d * d;
        }
    }
    for (; j < count; ++j) {
        const double d = static_cast<double>(row[j]) - mean;
        lanes[0] += d * d;
    }
    return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) +
           ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
}

PHIAL_VECTOR_CLONES void addColumns(const float* row, std::int64_t count, double* sums) {
    for (std::int64_t j = 0; j < count; ++j) {
        sums[j] += static_cast<double>(row[j]);
    }
}

PHIAL_VECTOR_CLONES void addColumnSquares(const float* row, std::int64_t count, const double* means,
                                          double* squares) {
    for (std::int64_t j = 0; j < count; ++j) {
        const double d = static_cast<double>(row[j]) - means[j];
        squares[j] += d * d;
    }
}

float unbiased(double squares, std::int64_t count) {
    return static_cast<float>(std::sqrt(squares / static_cast<double>(count - 1)));
}

Deviations deviations(const MatrixView& m, Scratch& scratch) {
    const auto columns = static_cast<std::size_t>(m.columns);
    Deviations out;
    out.rows.resize(static_cast<std::size_t>(m.rows));
    out.columns.resize(columns);
    scratch.columnSum.assign(columns, 0.0);
    scratch.columnSquares.assign(columns, 0.0);
    for (std::int64_t i = 0; i < m.rows; ++i) {
        const float* row = m.row(i);
        const double mean = sumLanes(row, m.columns) / static_cast<double>(m.columns);
        out.rows[static_cast<std::size_t>(i)] =
            unbiased(squaresLanes(row, m.columns, mean), m.columns);
        addColumns(row, m.columns, scratch.columnSum.data());
    }
    for (double& sum : scratch.columnSum) {
        sum /= static_cast<double>(m.rows);
    }
    for (std::int64_t i = 0; i < m.rows; ++i) {
        addColumnSquares(m.row(i), m.columns, scratch.columnSum.data(),
                         scratch.columnSquares.data());
    }
    for (std::size_t j = 0; j < columns; ++j) {
        out.columns[j] = unbiased(scratch.columnSquares[j], m.rows);
    }
    return out;
}

/// One Jacobi step of log scales towards `target`.
void step(std::vector<float>& logScales, const std::vector<float>& stds, float target) {
    for (std::size_t i = 0; i < logScales.size(); ++i) {
        const float ratio = std::clamp(std::clamp(stds[i], kMinStd, kMaxStd) / target, 0.7F, 2.0F);
        logScales[i] = std::clamp(logScales[i] + std::log(ratio), -0.3F, 10.0F);
    }
}

std::vector<float> exponentials(const std::vector<float>& logs) {
    std::vector<float> out(logs.size());
    std::transform(logs.begin(), logs.end(), out.begin(), [](float v) { return std::exp(v); });
    return out;
}

} // namespace

float imbalance(const MatrixView& tile) {
    Scratch scratch;
    return deviations(tile, scratch).imbalance();
}

TileScales sinkhorn(const MatrixView& tile, int passes) {
    check(tile.rows >= 2 && tile.columns >= 2,
          "a Sinkhorn tile needs at least two rows and two columns");
    Scratch scratch;
    scratch.current.resize(static_cast<std::size_t>(tile.rows * tile.columns));
    const Deviations start = deviations(tile, scratch);
    float smallest = kMaxStd;
    for (const auto* stds : {&start.rows, &start.columns}) {
        for (const float value : *stds) {
            smallest = std::min(smallest, std::clamp(value, kMinStd, kMaxStd));
        }
    }
    const float target = smallest + 1e-6F;

    TileScales best{std::vector<float>(static_cast<std::size_t>(tile.columns), 1.0F),
                    std::vector<float>(static_cast<std::size_t>(tile.rows), 1.0F)};
    float bestImbalance = start.imbalance();
    std::vector<float> u(static_cast<std::size_t>(tile.rows), 0.0F);
    std::vector<float> v(static_cast<std::size_t>(tile.columns), 0.0F);
    for (int pass = 0; pass < passes; ++pass) {
        TileScales trial{exponentials(v), exponentials(u)};
        normalise(tile, trial.t.data(), trial.s.data(), scratch.current.data());
        const MatrixView current{scratch.current.data(), tile.rows, tile.columns, tile.columns};
        const Deviations now = deviations(current, scratch);
        const float nowImbalance = now.imbalance();
        if (!(nowImbalance <= bestImbalance)) {
            break; // frozen from the first rise on
        }
        bestImbalance = nowImbalance;
        best = std::move(trial);
        step(v, now.columns, target);
        step(u, now.rows, target);
    }
    return best;
}

double kurtosis(const MatrixView& matrix) {
    const double count = static_cast<double>(matrix.rows) * static_cast<double>(matrix.columns);
    double sum = 0;
    for (std::int64_t i = 0; i < matrix.rows; ++i) {
        sum += sumLanes(matrix.row(i), matrix.columns);
    }
    const double mean = sum / count;
    double second = 0;
    double fourth = 0;
    for (std::int64_t i = 0; i < matrix.rows; ++i) {
        for (std::int64_t j = 0; j < matrix.columns; ++j) {
            const double d = static_cast<double>(matrix.row(i)[j]) - mean;
            second += d * d;
            fourth += d * d * d * d;
        }
    }
    const double variance = std::max(second / count, 1e-6);
    return fourth / count / (variance * variance);
}

} // namespace phial::quant
