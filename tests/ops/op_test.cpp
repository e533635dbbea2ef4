// SPDX-License-Identifier: MIT
#include "tests/ops/op_test.h"

#include "inference/base/half.h"
#include "inference/reference/copy_rows.h"
#include "inference/reference/packed_weights.h"
#include "inference/tensor/transfer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <random>
#include <string>

namespace phial::ops {

namespace {

// Exact in every type, and far from the values of the tests.
constexpr float kGapValue = 1024;

std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

} // namespace

Matrix randomMatrix(std::int64_t rows, std::int64_t columns, std::uint32_t seed, float low,
                    float high) {
    return {rows, columns, randomVector(rows * columns, seed, low, high)};
}

std::vector<float> randomVector(std::int64_t count, std::uint32_t seed, float low, float high) {
    std::mt19937 random(seed);
    std::vector<float> values(at(count));
    for (float& value : values) {
        // 24 bits, so that the quotient is exact and below 1.
        value = low + (high - low) * static_cast<float>(random() >> 8) / 16777216.0F;
    }
    return values;
}

std::vector<std::int32_t> shuffled(std::int64_t count, std::uint32_t seed) {
    std::vector<std::int32_t> values(at(count));
    std::iota(values.begin(), values.end(), 0);
    std::mt19937 random(seed);
    for (std::size_t i = values.size(); i > 1; --i) {
        std::swap(values[i - 1], values[random() % i]);
    }
    return values;
}

Tolerance toleranceFor(DType output, Tolerance f32) {
    if (output == DType::F16) {
        return {.relative = f32.relative + 0x1p-10, .absolute = f32.absolute + 6.2e-5};
    }
    return f32;
}

void expectClose(const Matrix& actual, const Matrix& expected, Tolerance tolerance) {
    ASSERT_EQ(actual.rows, expected.rows);
    ASSERT_EQ(actual.columns, expected.columns);
    double error = 0;
    double power = 0;
    std::size_t worst = 0;
    double worstExcess = -1;
    for (std::size_t i = 0; i < expected.values.size(); ++i) {
        const double want = expected.values[i];
        const double difference = std::abs(actual.values[i] - want);
        const double excess = difference - tolerance.absolute - tolerance.relative * std::abs(want);
        error += difference * difference;
        power += want * want;
        // Written so that NaN counts as worst.
        if (!(excess <= worstExcess)) {
            worstExcess = excess;
            worst = i;
        }
    }
    const auto count = static_cast<double>(expected.values.size());
    EXPECT_TRUE(worstExcess <= 0) << "row " << worst / at(expected.columns) << " column "
                                  << worst % at(expected.columns) << " is " << actual.values[worst]
                                  << ", expected " << expected.values[worst];
    // Many small errors in one direction: twice the mean square that rounding alone would leave.
    const double allowed = tolerance.relative * tolerance.relative * power +
                           tolerance.absolute * tolerance.absolute * count;
    EXPECT_TRUE(error <= allowed) << "squared error " << error << " of power " << power;
}

std::vector<std::pair<std::int64_t, std::int64_t>> OpTest::shapes() {
    return {{1, 1}, {1, 3}, {3, 17}, {17, 63}, {63, 65}, {65, 257}, {257, 1}, {2, 3072}};
}

bool OpTest::hasF16() {
    return device().info().features.storage16;
}

void OpTest::forEachCase(Types types, const std::function<void(const OpCase&)>& body) {
    std::vector<DType> dtypes = {DType::F32};
    if (types == Types::WithF16 && hasF16()) {
        dtypes.push_back(DType::F16);
    }
    for (const auto& [rows, columns] : shapes()) {
        for (const DType input : dtypes) {
            for (const DType output : dtypes) {
                for (const bool spaced : {false, true}) {
                    OpCase c = {.rows = rows, .columns = columns, .input = input, .output = output};
                    if (spaced) {
                        c.in = {.offset = 3, .gap = 5};
                        c.out = {.offset = 7, .gap = 2};
                    }
                    SCOPED_TRACE(std::to_string(rows) + "x" + std::to_string(columns) + " " +
                                 std::string(dtypeName(input)) + " to " +
                                 std::string(dtypeName(output)) + (spaced ? " with gaps" : ""));
                    body(c);
                }
            }
        }
    }
}

Placed OpTest::place(const Matrix& values, DType dtype, Placement placement) {
    const std::int64_t stride = values.columns + placement.gap;
    std::vector<float> all(at(placement.offset + values.rows * stride + 2), kGapValue);
    for (std::int64_t t = 0; t < values.rows; ++t) {
        std::copy(values.row(t).begin(), values.row(t).end(),
                  all.begin() + placement.offset + t * stride);
    }
    Placed placed;
    placed.tensor = uploadFloats(device(), all, Shape({std::ssize(all)}), dtype, "test operand");
    placed.view = placed.tensor.view();
    placed.view.shape = Shape({values.rows, values.columns});
    placed.view.elementOffset = placement.offset;
    placed.view.rowStride = stride;
    return placed;
}

Placed OpTest::placeEmpty(std::int64_t rows, std::int64_t columns, DType dtype,
                          Placement placement) {
    Matrix values(rows, columns);
    std::fill(values.values.begin(), values.values.end(), kGapValue);
    return place(values, dtype, placement);
}

Placed OpTest::placeVector(std::span<const float> values, std::int64_t offset) {
    Placed placed = place({1, std::ssize(values), {values.begin(), values.end()}}, DType::F32,
                          {.offset = offset});
    placed.view.shape = Shape({std::ssize(values)});
    return placed;
}

Placed OpTest::placeInts(std::span<const std::int32_t> values, std::int64_t offset) {
    std::vector<std::int32_t> all(at(offset), -1);
    all.insert(all.end(), values.begin(), values.end());
    Placed placed;
    placed.tensor = uploadInts(device(), all, Shape({std::ssize(all)}), "test numbers");
    placed.view = placed.tensor.view();
    placed.view.shape = Shape({std::ssize(values)});
    placed.view.elementOffset = offset;
    placed.view.rowStride = std::ssize(values);
    return placed;
}

WeightMatrix OpTest::uploadWeights(const Matrix& values, WeightFormat format) {
    WeightMatrix weights(device(), format, values.rows, values.columns, "test weights");
    Uploader uploader(device());
    for (const WeightMatrix::Piece& piece : weights.pieces()) {
        const std::int64_t rows = piece.data.shape()[0];
        const std::size_t bytes = format == WeightFormat::F32 ? 4 : 2;
        std::vector<std::byte> raw(at(rows * weights.paddedColumns()) * bytes);
        for (std::int64_t t = 0; t < rows; ++t) {
            for (std::int64_t d = 0; d < values.columns; ++d) {
                const float value = values.at(piece.firstRow + t, d);
                std::byte* target = raw.data() + at(t * weights.paddedColumns() + d) * bytes;
                if (format == WeightFormat::F32) {
                    std::memcpy(target, &value, 4);
                } else {
                    const std::uint16_t bits =
                        format == WeightFormat::F16 ? floatToHalf(value) : floatToBf16(value);
                    std::memcpy(target, &bits, 2);
                }
            }
        }
        uploader.upload(piece.data, 0, raw.size(),
                        [&raw](std::span<std::byte> part, std::uint64_t from) {
                            std::memcpy(part.data(), raw.data() + from, part.size());
                        });
    }
    uploader.finish();
    return weights;
}

std::vector<quant::PackedFormat> OpTest::packedFormats() {
    using quant::Coding;
    std::vector<quant::PackedFormat> formats = {{Coding::Nf4, 4, 64}};
    int group = 32;
    for (const int bits : {2, 3, 4, 5, 6, 8}) {
        formats.push_back({Coding::Sq, bits, 32});
        formats.push_back({Coding::Affine, bits, group});
        group = group == 128 ? 32 : 2 * group;
    }
    return formats;
}

OpTest::PackedWeights OpTest::randomPacked(const quant::PackedFormat& format, std::int64_t rows,
                                           std::int64_t columns, std::uint32_t seed) {
    return randomPacked(device(), format, rows, columns, seed);
}

OpTest::PackedWeights OpTest::randomPacked(gpu::Device& on, const quant::PackedFormat& format,
                                           std::int64_t rows, std::int64_t columns,
                                           std::uint32_t seed) {
    const std::int64_t padded = (columns + format.group - 1) / format.group * format.group;
    const quant::PackedRow row = quant::packedRow(format, padded);
    std::mt19937 random(seed);
    // Scales such that weights lie in (-1, 1).
    const auto top = static_cast<float>((1 << format.bits) - 1);
    const auto pair = [&](float low, float high) {
        return static_cast<std::uint32_t>(floatToHalf(low)) |
               static_cast<std::uint32_t>(floatToHalf(high)) << 16U;
    };
    const auto unit = [&] { return static_cast<float>(random() >> 8U) / 16777216.0F; };
    std::vector<std::uint32_t> codes(at(rows * row.codeWords));
    std::generate(codes.begin(), codes.end(), [&] { return random(); });
    std::vector<std::uint32_t> groups(at(rows * row.groupWords));
    std::vector<std::uint32_t> scales(at(rows * row.rowWords));
    if (format.coding == quant::Coding::Sq) {
        std::generate(groups.begin(), groups.end(), [&] { return random(); });
        std::generate(scales.begin(), scales.end(),
                      [&] { return pair((0.2F + 0.3F * unit()) / top, 0.1F + 0.3F * unit()); });
    } else {
        const float range = format.coding == quant::Coding::Nf4 ? 1 : top;
        std::generate(groups.begin(), groups.end(), [&] {
            return pair((0.2F + 0.3F * unit()) / range, (unit() - 0.2F) * range);
        });
    }
    return {uploadPacked(on, format, rows, columns, {codes, groups, scales}, "test weights"),
            reference::decodeWeights(format, rows, columns, {codes, groups, scales})};
}

Matrix OpTest::stored(const Matrix& values, DType dtype) {
    using reference::Storage;
    return reference::copyRows(values, dtype == DType::F16    ? Storage::F16
                                       : dtype == DType::BF16 ? Storage::BF16
                                                              : Storage::F32);
}

void OpTest::run(const std::function<void(gpu::CommandStream&)>& body) {
    gpu::CommandStream stream(device());
    body(stream);
    stream.submitAndWait();
}

Matrix OpTest::read(const Placed& placed) {
    const std::vector<float> all = downloadFloats(device(), placed.tensor.view());
    const TensorView& view = placed.view;
    Matrix values(view.rows(), view.columns());
    std::vector<bool> inside(all.size(), false);
    for (std::int64_t t = 0; t < values.rows; ++t) {
        for (std::int64_t d = 0; d < values.columns; ++d) {
            const std::size_t index = at(view.elementOffset + t * view.rowStride + d);
            values.at(t, d) = all[index];
            inside[index] = true;
        }
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!inside[i] && all[i] != kGapValue) {
            ADD_FAILURE() << "element " << i << " outside the view was overwritten with " << all[i];
            break;
        }
    }
    return values;
}

void WithoutFeatures::SetUp() {
    OpTest::SetUp();
    if (IsSkipped()) {
        return;
    }
    gpu::DeviceOptions options = gpuTestOptions();
    if (*GetParam() != '\0') {
        options.disable = GetParam();
    }
    m_device = gpu::Device::open(options);
}

void WithoutFeatures::TearDown() {
    if (m_device != nullptr) {
        EXPECT_TRUE(m_device->validationMessages().empty());
    }
    OpTest::TearDown();
}

} // namespace phial::ops
