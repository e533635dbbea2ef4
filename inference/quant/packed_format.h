// SPDX-License-Identifier: MIT
#pragma once

#include "inference/quant/packing.h"

#include <cstdint>

namespace phial::quant {

/// How a code q becomes a weight, before the column scale; docs/package-format.md has the formulas.
enum class Coding : std::uint8_t {
    Sq,     ///< q * S + O, 8-bit scale and offset per group of 32 under two binary16 per row
    Affine, ///< (q - zero) * scale, binary16 both
    Nf4,    ///< as Affine with the NormalFloat level of q
};

/// A packed weight format. Value type.
struct PackedFormat {
    Coding coding = Coding::Sq;
    int bits = 4;   ///< 2, 3, 4, 5, 6 or 8
    int group = 32; ///< columns that share a scale: 32, 64 or 128; Sq: 32

    bool operator==(const PackedFormat&) const = default;
};

/// 32-bit words that one row takes in each plane. The planes of a matrix: codes, then groups, then
/// rows.
struct PackedRow {
    std::int64_t codeWords = 0; ///< a multiple of 4
    std::int64_t highAt = 0;    ///< first word of the high bits within the codes of a row
    std::int64_t groupWords =
        0; ///< Sq: per 8 groups 8 scale bytes, 8 offset bytes; else one pair each
    std::int64_t rowWords = 0; ///< Sq: 1, a pair of binary16; else 0

    std::int64_t words() const { return codeWords + groupWords + rowWords; }
};

/// paddedColumns: a multiple of 32 and of the group. Throws Error{InvalidArgument} for impossible
/// bits.
inline PackedRow packedRow(const PackedFormat& format, std::int64_t paddedColumns) {
    const PlaneLayout layout = planeLayout(paddedColumns, format.bits);
    const std::int64_t groups = paddedColumns / format.group;
    const bool sq = format.coding == Coding::Sq;
    return {.codeWords = layout.rowWords(),
            .highAt = layout.lowWords,
            .groupWords = sq ? (groups + 7) / 8 * 4 : groups,
            .rowWords = sq ? 1 : 0};
}

} // namespace phial::quant
