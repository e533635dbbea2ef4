// SPDX-License-Identifier: MIT
#pragma once

#include "inference/quant/sinkhorn.h"

#include <cstdint>
#include <span>
#include <vector>

namespace phial::quant {

/// Columns that share a scale and an offset.
inline constexpr int kSqGroup = 32;
/// Columns per Sinkhorn tile of the column scale.
inline constexpr int kSqTile = 64;

/// Phial's weight format: W[i,j] ~= t[j] * (q * S + O) with S = rowScale[i] * scale[i,G] / 255 and
/// O = rowOffset[i] * offset[i,G] / 127, G = j / 32. `bits` + 0.5 bits per weight.
/// rowScale, rowOffset and t hold values representable in binary16.
struct SqMatrix {
    std::int64_t rows = 0;
    std::int64_t columns = 0; ///< a multiple of 32
    int bits = 4;
    std::vector<std::uint8_t> codes;  ///< [rows, columns], one per byte
    std::vector<std::uint8_t> scales; ///< [rows, columns / 32], 1..255
    std::vector<std::int8_t> offsets; ///< [rows, columns / 32], -127..127
    std::vector<float> rowScale;      ///< [rows]
    std::vector<float> rowOffset;     ///< [rows]
    std::vector<float> t;             ///< [columns]
};

/// SINQ column scales with median 1 in every tile of 64 columns, rounded to binary16; row scales
/// are left to the groups. A last tile of fewer than two columns gets 1. Thread-safe.
std::vector<float> columnScales(const MatrixView& weight, int tile = kSqTile, int passes = 16);

/// Quantizes some rows of a matrix whose column scales are known. `importance` [columns] weights
/// the least-squares fit (mean square of the calibrated input times t^2) or is empty. rows may be
/// any number, so that a large matrix is done in blocks; the result for a row does not depend on
/// the block. bits 2..8. columns a multiple of 32. Thread-safe. Method: per group, three starting
/// ranges and 20 rounds of {nearest code, least-squares scale and offset}, keep the best; then
/// scale and offset in 8 bits against the row's largest, and codes rounded once more.
SqMatrix quantizeSq(const MatrixView& weight, std::span<const float> t, int bits,
                    std::span<const float> importance = {});

/// [rows, columns] floats.
std::vector<float> dequantize(const SqMatrix& matrix);

} // namespace phial::quant
