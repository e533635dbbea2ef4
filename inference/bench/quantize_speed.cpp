// SPDX-License-Identifier: MIT
#include "inference/bench/quantize_speed.h"

#include "inference/base/half.h"
#include "inference/package/plan.h"
#include "inference/package/quantize_tensor.h"

#include <array>
#include <cmath>
#include <random>
#include <string_view>
#include <vector>

namespace phial::bench {
namespace {

constexpr std::array<std::string_view, 15> kSchemes = {
    "sq2",    "sq3",    "sq4",    "sq5",    "sq6", "q8",  "sinq:2", "sinq:3",
    "sinq:4", "sinq:5", "sinq:6", "sinq:8", "nf4", "hqq", "rtn"};

std::vector<std::uint16_t> trainedLooking(const QuantizeShape& shape) {
    std::mt19937 random(20260711);
    std::normal_distribution<float> normal;
    std::vector<float> column(static_cast<std::size_t>(shape.columns));
    for (float& scale : column) {
        scale = std::exp(0.25F * normal(random));
    }
    std::uniform_int_distribution<std::size_t> any(0, column.size() - 1);
    for (std::int64_t i = 0; i < shape.columns / 256; ++i) {
        column[any(random)] *= 6;
    }
    std::vector<std::uint16_t> values;
    values.reserve(static_cast<std::size_t>(shape.rows * shape.columns));
    for (std::int64_t i = 0; i < shape.rows; ++i) {
        const float row = 0.02F * std::exp(0.2F * normal(random));
        for (const float scale : column) {
            values.push_back(floatToBf16(row * scale * normal(random)));
        }
    }
    return values;
}

} // namespace

void measureQuantizing(const QuantizeShape& shape, int rounds,
                       const std::function<void(const QuantizeSpeed&)>& onRow,
                       const std::stop_token& stop) {
    const std::vector<std::uint16_t> values = trainedLooking(shape);
    const package::MatrixSource source{
        .name = "a random matrix",
        .rows = shape.rows,
        .columns = shape.columns,
        .read = [&](std::int64_t firstRow, std::int64_t rows, std::int64_t firstColumn,
                    std::int64_t columns, float* out, std::int64_t stride) {
            for (std::int64_t i = 0; i < rows; ++i) {
                const std::uint16_t* from =
                    values.data() + (firstRow + i) * shape.columns + firstColumn;
                for (std::int64_t j = 0; j < columns; ++j) {
                    out[i * stride + j] = bf16ToFloat(from[j]);
                }
            }
        }};
    for (const std::string_view name : kSchemes) {
        const package::Scheme scheme = package::parseScheme(name);
        QuantizeSpeed speed{.scheme = package::schemeName(scheme),
                            .sourceBytes = values.size() * sizeof(std::uint16_t)};
        speed.taken = medianOf(rounds, [&] {
            speed.packedBytes = 0;
            package::quantizeTensor(
                source, {.scheme = scheme, .threads = 1},
                [&](std::size_t, std::uint64_t, std::span<const std::byte> bytes) {
                    speed.packedBytes += bytes.size();
                },
                [](std::int64_t) {}, stop);
        });
        onRow(speed);
    }
}

} // namespace phial::bench
