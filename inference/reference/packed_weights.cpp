// SPDX-License-Identifier: MIT
#include "inference/reference/packed_weights.h"

#include "inference/base/half.h"
#include "inference/quant/sinq.h"

#include <vector>

namespace phial::reference {
namespace {

std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

double low(std::uint32_t pair) {
    return static_cast<double>(halfToFloat(static_cast<std::uint16_t>(pair & 0xffffU)));
}

double high(std::uint32_t pair) {
    return static_cast<double>(halfToFloat(static_cast<std::uint16_t>(pair >> 16U)));
}

std::uint32_t byteAt(std::span<const std::uint32_t> words, std::int64_t index) {
    return words[at(index / 4)] >> (8 * (index % 4)) & 0xffU;
}

} // namespace

Matrix decodeWeights(const quant::PackedFormat& format, std::int64_t rows, std::int64_t columns,
                     const PackedPlanes& planes) {
    const std::int64_t padded = (columns + format.group - 1) / format.group * format.group;
    const quant::PackedRow row = quant::packedRow(format, padded);
    const std::vector<std::uint8_t> codes =
        quant::unpackRows(planes.codes, rows, padded, format.bits);
    Matrix out(rows, columns);
    for (std::int64_t i = 0; i < rows; ++i) {
        for (std::int64_t j = 0; j < columns; ++j) {
            const std::uint8_t q = codes[at(i * padded + j)];
            const std::int64_t g = j / format.group;
            double value = 0;
            if (format.coding == quant::Coding::Sq) {
                const std::int64_t first = i * row.groupWords * 4 + g / 8 * 16 + g % 8;
                const double scale = byteAt(planes.groups, first);
                const double offset = static_cast<std::int8_t>(byteAt(planes.groups, first + 8));
                const std::uint32_t pair = planes.rows[at(i)];
                value = q * low(pair) * scale / 255 + high(pair) * offset / 127;
            } else {
                const std::uint32_t pair = planes.groups[at(i * row.groupWords + g)];
                const double level = format.coding == quant::Coding::Nf4
                                         ? static_cast<double>(quant::kNf4.at(q))
                                         : static_cast<double>(q);
                value = (level - high(pair)) * low(pair);
            }
            out.at(i, j) = static_cast<float>(value);
        }
    }
    return out;
}

} // namespace phial::reference
