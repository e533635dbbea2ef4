// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace phial::quant {

/// Codes in bit planes, so that a shader's loads stay aligned for every width: a group of 32 codes
/// takes `bits` 32-bit words.
///
/// | bits | planes of one group of 32                                   |
/// |------|-------------------------------------------------------------|
/// | 2    | 2 words of 2-bit fields                                     |
/// | 3    | 2 words of 2-bit fields (low bits), 1 word of 1-bit fields  |
/// | 4    | 4 words of 4-bit fields                                     |
/// | 5    | 4 words of 4-bit fields, 1 word of 1-bit fields             |
/// | 6    | 4 words of 4-bit fields, 2 words of 2-bit fields            |
/// | 8    | 8 words of 8-bit fields                                     |
///
/// Field k of a plane with fields of f bits sits at bits f*(k % (32/f)) of word k / (32/f),
/// little-endian. A row is stored as all its low-plane words, padded to a multiple of four words
/// (16 bytes), followed by all its high-plane words, likewise padded.
struct PlaneLayout {
    int bits = 4;
    int lowBits = 4;            ///< field width of the low plane
    int highBits = 0;           ///< field width of the high plane, 0 = none
    std::int64_t lowWords = 0;  ///< per row, padded
    std::int64_t highWords = 0; ///< per row, padded

    std::int64_t rowWords() const { return lowWords + highWords; }
};

/// columns a multiple of 32; bits 2, 3, 4, 5, 6 or 8 (7 is stored as 8). Throws
/// Error{InvalidArgument} otherwise.
PlaneLayout planeLayout(std::int64_t columns, int bits);

/// codes [rows, columns], one per byte, each < 2^bits -> [rows, layout.rowWords()].
std::vector<std::uint32_t> packRows(std::span<const std::uint8_t> codes, std::int64_t rows,
                                    std::int64_t columns, int bits);

/// The inverse of packRows.
std::vector<std::uint8_t> unpackRows(std::span<const std::uint32_t> words, std::int64_t rows,
                                     std::int64_t columns, int bits);

} // namespace phial::quant
