// SPDX-License-Identifier: MIT
#include "inference/package/decoded_matrix.h"

#include "inference/base/error.h"
#include "inference/base/half.h"
#include "inference/quant/sinq.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace phial::package {
namespace {

std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

struct Pair {
    float low;
    float high;
};

Pair halves(std::uint32_t word) {
    return {halfToFloat(static_cast<std::uint16_t>(word & 0xffffU)),
            halfToFloat(static_cast<std::uint16_t>(word >> 16U))};
}

std::uint32_t byteAt(const std::uint32_t* words, std::int64_t index) {
    return words[index / 4] >> (8 * (index % 4)) & 0xffU;
}

} // namespace

DecodedMatrix::DecodedMatrix(const weights::TensorEntry& entry, std::vector<float> inputScale)
    : m_entry(entry)
    , m_inputScale(std::move(inputScale)) {
    check(m_inputScale.empty() || std::cmp_equal(m_inputScale.size(), columns()),
          "one input scale per column");
}

std::vector<float> DecodedMatrix::read(std::int64_t first, std::int64_t count) const {
    check(first >= 0 && count >= 0 && first + count <= rows(), "rows of the matrix");
    std::vector<float> out;
    if (m_entry.packed != nullptr) {
        out = decode(first, count);
    } else {
        out.resize(at(count * columns()));
        weights::Checkpoint::readRows(m_entry, first, out);
    }
    if (!m_inputScale.empty()) {
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] *= m_inputScale[i % m_inputScale.size()];
        }
    }
    return out;
}

std::vector<float> DecodedMatrix::decode(std::int64_t first, std::int64_t count) const {
    const weights::PackedTensor& packed = *m_entry.packed;
    const quant::PackedFormat& format = packed.format;
    const quant::PackedRow& row = packed.row;
    const std::array<std::int64_t, 3> rowWords = {row.codeWords, row.groupWords, row.rowWords};
    std::array<std::vector<std::uint32_t>, 3> planes;
    for (std::size_t i = 0; i < planes.size(); ++i) {
        if (packed.planes.at(i) != nullptr) {
            planes.at(i).resize(at(count * rowWords.at(i)));
            m_entry.file->read(*packed.planes.at(i), at(first * rowWords.at(i) * 4),
                               std::as_writable_bytes(std::span(planes.at(i))));
        }
    }
    const std::int64_t width = columns();
    const std::int64_t padded = (width + format.group - 1) / format.group * format.group;
    const std::vector<std::uint8_t> codes =
        quant::unpackRows(planes[0], count, padded, format.bits);
    std::vector<float> out(at(count * width));
    for (std::int64_t i = 0; i < count; ++i) {
        const std::uint32_t* groups = planes[1].data() + i * row.groupWords;
        for (std::int64_t g = 0; g * format.group < width; ++g) {
            // value = level * scale + shift
            float scale = 0;
            float shift = 0;
            if (format.coding == quant::Coding::Sq) {
                const auto [rowScale, rowOffset] = halves(planes[2][at(i)]);
                const std::int64_t place = g / 8 * 16 + g % 8;
                scale = rowScale * static_cast<float>(byteAt(groups, place)) / 255.0F;
                shift = rowOffset *
                        static_cast<float>(static_cast<std::int8_t>(byteAt(groups, place + 8))) /
                        127.0F;
            } else {
                const auto [step, zero] = halves(groups[g]);
                scale = step;
                shift = -zero * step;
            }
            const std::int64_t last = std::min<std::int64_t>(width, (g + 1) * format.group);
            for (std::int64_t j = g * format.group; j < last; ++j) {
                const std::uint8_t q = codes[at(i * padded + j)];
                const float level =
                    format.coding == quant::Coding::Nf4 ? quant::kNf4.at(q) : static_cast<float>(q);
                out[at(i * width + j)] = level * scale + shift;
            }
        }
    }
    return out;
}

std::vector<float> inputScale(const weights::Checkpoint& checkpoint, const std::string& name) {
    const std::size_t factor = name.find(".lora_A.");
    const std::string matrix =
        factor == std::string::npos ? name : name.substr(0, factor) + ".base_layer.weight";
    const weights::TensorEntry* entry = checkpoint.find(matrix);
    return entry == nullptr ? std::vector<float>{} : weights::Checkpoint::readColumnScale(*entry);
}

} // namespace phial::package
