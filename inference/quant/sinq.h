// SPDX-License-Identifier: MIT
#pragma once

#include "inference/quant/sinkhorn.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace phial::quant {

/// How the normalised rows of a tile are rounded.
enum class Rounding {
    Uniform,   ///< min/max per group, integer zero point (published SINQ)
    Symmetric, ///< abs-max, constant zero point; wastes levels, kept to reproduce published results
    Nf4,       ///< NormalFloat book of 16 levels
    Nf3,       ///< NormalFloat book of 8 levels
    Hqq,       ///< min/max, then proximal refinement of a float zero point
};

enum class Normalise { No, Sinkhorn };
enum class KurtosisGate { Off, Published };

/// Levels of the NormalFloat books.
extern const std::array<float, 16> kNf4;
extern const std::array<float, 8> kNf3;

struct SinqOptions {
    int bits = 4;   ///< 2..8; NF4 is 4, NF3 is 3
    int group = 64; ///< columns per tile; halved until it divides the width, but not below 16
    Rounding rounding = Rounding::Uniform;
    Normalise normalise = Normalise::Sinkhorn; ///< No = plain RTN
    KurtosisGate gate =
        KurtosisGate::Off; ///< Published: plain RTN when the matrix' kurtosis exceeds 5
    int passes = 16;
    std::span<const float> activationScale; ///< A-SINQ's c per column, or empty
};

/// W[i,j] ~= (level(q[i,j]) - z[i,G]) * s1[i,G] * t[j], G = j / group; level(q) = q, or the book's
/// entry.
struct SinqMatrix {
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    int group = 0;
    Rounding rounding = Rounding::Uniform;
    std::vector<std::uint8_t> codes; ///< [rows, columns], one per byte
    std::vector<float> s1;           ///< [rows, columns / group]
    std::vector<float> z;            ///< [rows, columns / group]
    std::vector<float> t;            ///< [columns]
};

/// The group the published tiler ends at: halved until it divides `width`, at least 16. Throws
/// Error{InvalidArgument} when none does (pad the matrix).
int usableGroup(std::int64_t width, int group);

/// Quantizes a matrix by columns of tiles (rows x group). rows >= 2. Thread-safe; one thread.
/// Source: arXiv 2509.22944 (SINQ), checked code by code against the published implementation.
SinqMatrix quantizeSinq(const MatrixView& weight, const SinqOptions& options);

/// [rows, columns] floats.
std::vector<float> dequantize(const SinqMatrix& matrix);

/// Moves a constant per group from t into s1 so that the median of t is 1 in every group: exact in
/// real arithmetic, and keeps fp16 t and s1 in range.
void fixGauge(SinqMatrix& matrix);

/// A-SINQ's search for the activation scale of one linear: the exponent a of mean|x|^a /
/// mean|w|^(1-a) whose quantized output on the calibration inputs x [samples, columns] has the
/// smallest mean absolute error. Returns c [columns].
std::vector<float> searchActivationScale(const MatrixView& weight, const MatrixView& inputs,
                                         const SinqOptions& options, int steps = 20);

} // namespace phial::quant
