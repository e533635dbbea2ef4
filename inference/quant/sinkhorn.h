// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace phial::quant {

/// A borrowed row-major matrix of floats; `stride` elements between rows.
struct MatrixView {
    const float* data = nullptr;
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    std::int64_t stride = 0;

    const float* row(std::int64_t index) const { return data + index * stride; }
};

/// Column scales t and row scales s; the normalised tile is W / t / s.
struct TileScales {
    std::vector<float> t; ///< [columns]
    std::vector<float> s; ///< [rows]
};

/// Largest over smallest standard deviation of all rows and columns (unbiased, 64-bit sums).
float imbalance(const MatrixView& tile);

/// SINQ's log-domain Sinkhorn normalisation: at most `passes` Jacobi steps that even out the
/// standard deviations of rows and columns; returns the least imbalanced iterate and stops at the
/// first rise. rows, columns >= 2. Scratch memory: one copy of the tile. Thread-safe. Source: arXiv
/// 2509.22944, behaviour of the published implementation (clamps 1e-3..1e3, 0.7..2.0, -0.3..10).
/// The scales have a free gauge (t*c, s/c): compare products only.
TileScales sinkhorn(const MatrixView& tile, int passes = 16);

/// Excess-free kurtosis of all elements: mean((x-m)^4) / max(mean((x-m)^2), 1e-6)^2. The published
/// code skips normalisation above 5; Phial does so only when asked to reproduce it.
double kurtosis(const MatrixView& matrix);

} // namespace phial::quant
