// SPDX-License-Identifier: MIT
#include "inference/quant/packing.h"

#include "inference/base/error.h"

#include <string>

namespace phial::quant {

namespace {

std::int64_t paddedWords(std::int64_t columns, int fieldBits) {
    const std::int64_t words = columns * fieldBits / 32;
    return (words + 3) / 4 * 4;
}

void writeField(std::uint32_t* words, std::int64_t index, int fieldBits, std::uint32_t value) {
    const int perWord = 32 / fieldBits;
    words[index / perWord] |= value << (fieldBits * static_cast<int>(index % perWord));
}

std::uint32_t readField(const std::uint32_t* words, std::int64_t index, int fieldBits) {
    const int perWord = 32 / fieldBits;
    return (words[index / perWord] >> (fieldBits * static_cast<int>(index % perWord))) &
           ((1U << fieldBits) - 1U);
}

} // namespace

PlaneLayout planeLayout(std::int64_t columns, int bits) {
    if (columns <= 0 || columns % 32 != 0 || bits < 2 || bits > 8) {
        throw Error(ErrorCode::InvalidArgument,
                    "packed rows have a multiple of 32 columns and 2 to 8 bits, not " +
                        std::to_string(columns) + " columns of " + std::to_string(bits) + " bits");
    }
    PlaneLayout layout;
    layout.bits = bits;
    layout.lowBits = bits < 4 ? 2 : bits < 7 ? 4 : 8;
    layout.highBits = bits < 7 ? bits - layout.lowBits : 0;
    layout.lowWords = paddedWords(columns, layout.lowBits);
    layout.highWords = layout.highBits == 0 ? 0 : paddedWords(columns, layout.highBits);
    return layout;
}

std::vector<std::uint32_t> packRows(std::span<const std::uint8_t> codes, std::int64_t rows,
                                    std::int64_t columns, int bits) {
    const PlaneLayout layout = planeLayout(columns, bits);
    check(static_cast<std::int64_t>(codes.size()) == rows * columns, "one code per weight");
    std::vector<std::uint32_t> words(static_cast<std::size_t>(rows * layout.rowWords()));
    for (std::int64_t i = 0; i < rows; ++i) {
        std::uint32_t* low = words.data() + i * layout.rowWords();
        std::uint32_t* high = low + layout.lowWords;
        for (std::int64_t j = 0; j < columns; ++j) {
            const std::uint32_t code = codes[static_cast<std::size_t>(i * columns + j)];
            check(code < (1U << bits), "a code exceeds its bits");
            writeField(low, j, layout.lowBits, code & ((1U << layout.lowBits) - 1U));
            if (layout.highBits != 0) {
                writeField(high, j, layout.highBits, code >> layout.lowBits);
            }
        }
    }
    return words;
}

std::vector<std::uint8_t> unpackRows(std::span<const std::uint32_t> words, std::int64_t rows,
                                     std::int64_t columns, int bits) {
    const PlaneLayout layout = planeLayout(columns, bits);
    check(static_cast<std::int64_t>(words.size()) == rows * layout.rowWords(),
          "packed words of another shape");
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(rows * columns));
    for (std::int64_t i = 0; i < rows; ++i) {
        const std::uint32_t* low = words.data() + i * layout.rowWords();
        const std::uint32_t* high = low + layout.lowWords;
        for (std::int64_t j = 0; j < columns; ++j) {
            std::uint32_t code = readField(low, j, layout.lowBits);
            if (layout.highBits != 0) {
                code |= readField(high, j, layout.highBits) << layout.lowBits;
            }
            codes[static_cast<std::size_t>(i * columns + j)] = static_cast<std::uint8_t>(code);
        }
    }
    return codes;
}

} // namespace phial::quant
