// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/base/half.h"
#include "inference/ops/rope_append.h"
#include "inference/reference/rope_append.h"
#include "inference/tensor/transfer.h"
#include "tests/ops/kv_codec.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace phial::ops {
namespace {

/// Cosines and sines of position * 0.7^j: real rotations, unlike random numbers.
Matrix rotationTable(std::int64_t positions, std::int64_t rotaryDim) {
    Matrix table(positions, rotaryDim);
    for (std::int64_t p = 0; p < positions; ++p) {
        for (std::int64_t j = 0; j < rotaryDim / 2; ++j) {
            const double angle = static_cast<double>(p) * std::pow(0.7, static_cast<double>(j));
            table.at(p, j) = static_cast<float>(std::cos(angle));
            table.at(p, rotaryDim / 2 + j) = static_cast<float>(std::sin(angle));
        }
    }
    return table;
}

struct Geometry {
    std::int64_t rows, capacity;
    QkvLayout layout;

    std::int64_t queryColumns() const { return layout.queryHeads * layout.headDim; }

    std::int64_t keyColumns() const { return layout.kvHeads * layout.headDim; }

    std::int64_t columns() const { return queryColumns() + 2 * keyColumns(); }

    reference::RopeShape shape() const {
        return {layout.queryHeads + layout.kvHeads, layout.headDim, layout.rotaryDim};
    }
};

constexpr Geometry kGeometries[] = {
    {1, 1, {1, 1, 2, 2}},      {3, 17, {6, 2, 32, 24}},  {17, 63, {3, 1, 63, 48}},
    {65, 257, {2, 2, 16, 16}}, {2, 5, {24, 8, 128, 96}},
};

class RopeAppend : public OpTest {
protected:
    void comparePlain(const Geometry& g, DType input, DType output) {
        SCOPED_TRACE(testing::Message() << g.rows << " rows, head " << g.layout.headDim);
        const Matrix qkv = stored(randomMatrix(g.rows, g.columns(), 41), input);
        std::vector<std::int32_t> positions = shuffled(g.capacity, 42);
        positions.resize(static_cast<std::size_t>(g.rows));
        const std::vector<std::int32_t> tableRows = shuffled(g.rows, 45);
        Matrix k = stored(randomMatrix(g.capacity, g.keyColumns(), 43), output);
        Matrix v = stored(randomMatrix(g.capacity, g.keyColumns(), 44), output);
        const Matrix table = rotationTable(g.rows, g.layout.rotaryDim);
        const Placed pqkv = place(qkv, input, {.offset = 3, .gap = 5});
        const Placed pp = placeInts(positions, 5);
        const Placed pr = placeInts(tableRows, 2);
        const Placed pt = place(table, DType::F32, {.offset = 2, .gap = 1});
        const Placed pk = place(k, output, {.offset = 1, .gap = 3});
        const Placed pv = place(v, output, {.offset = 7});
        run([&](gpu::CommandStream& s) {
            ropeAppend(s, {.qkv = pqkv.view,
                           .tableRows = pr.view,
                           .positions = pp.view,
                           .cosSin = pt.view,
                           .keys = pk.view,
                           .values = pv.view,
                           .layout = g.layout});
        });
        const Matrix q = reference::ropeAppend(qkv, tableRows, positions, table, g.shape(), k, v);
        expectClose(read(pqkv).columnSlice(0, g.queryColumns()), q,
                    toleranceFor(input, kFewRoundings));
        expectClose(read(pk), k, toleranceFor(output, kFewRoundings));
        expectClose(read(pv), v, input == output ? kExact : toleranceFor(output, kExact));
    }

    void compareCoded(const Geometry& g, KvFormat format, DType input) {
        SCOPED_TRACE(testing::Message() << g.rows << " rows, head " << g.layout.headDim);
        const std::int64_t dim = g.layout.headDim;
        const quant::CodeBook book = quant::lloydMax(static_cast<int>(dim), 4);
        const std::vector<float> signs = quant::cacheSigns(static_cast<int>(dim));
        const Matrix qkv = stored(randomMatrix(g.rows, g.columns(), 51), input);
        std::vector<std::int32_t> positions = shuffled(g.capacity, 52);
        positions.resize(static_cast<std::size_t>(g.rows));
        const std::vector<std::int32_t> tableRows = shuffled(g.rows, 53);
        const Matrix table = rotationTable(g.rows, g.layout.rotaryDim);
        const std::int64_t keyRow = keyRowElements(format, g.layout.kvHeads, dim);
        const std::int64_t valueRow = valueRowElements(format, g.layout.kvHeads, dim);
        const Placed pqkv = place(qkv, input, {.offset = 3, .gap = 5});
        const Placed pp = placeInts(positions);
        const Placed pr = placeInts(tableRows);
        const Placed pt = place(table, DType::F32);
        const Placed codec = placeVector(codecOf(book, signs), 3);
        const Tensor k(device(), DType::I32, Shape{g.capacity, keyRow}, "keys");
        const Tensor v(device(), DType::I32, Shape{g.capacity, valueRow}, "values");
        run([&](gpu::CommandStream& s) {
            for (const Tensor* tensor : {&k, &v}) {
                s.fill({&tensor->buffer(), 0, static_cast<std::uint64_t>(tensor->bytes())}, 77);
            }
            ropeAppend(s, {.qkv = pqkv.view,
                           .tableRows = pr.view,
                           .positions = pp.view,
                           .cosSin = pt.view,
                           .keys = k.view(),
                           .values = v.view(),
                           .layout = g.layout,
                           .format = format,
                           .codec = codec.view});
        });
        Matrix keys(g.capacity, g.keyColumns());
        Matrix values(g.capacity, g.keyColumns());
        const Matrix q =
            reference::ropeAppend(qkv, tableRows, positions, table, g.shape(), keys, values);
        // 96 columns of values up to 2.8 are added in another order.
        expectClose(read(pqkv).columnSlice(0, g.queryColumns()), rotatedHeads(q, signs),
                    toleranceFor(input, {.relative = 1e-5, .absolute = 1e-5}));
        const CodedCache expected = encodeCache(keys, values, format, dim, book, signs);
        const std::vector<std::int32_t> gotKeys = downloadInts(device(), k.view());
        const std::vector<std::int32_t> gotValues = downloadInts(device(), v.view());
        const int keyBits = format == KvFormat::Tq4 ? 4 : 8;
        int apart = 0;
        for (std::int64_t t = 0; t < g.capacity; ++t) {
            const bool written =
                std::find(positions.begin(), positions.end(), t) != positions.end();
            const auto at = [t](const std::vector<std::int32_t>& list, std::int64_t row,
                                std::int64_t i) {
                return list[static_cast<std::size_t>(t * row + i)];
            };
            for (std::int64_t i = 0; i < keyRow; ++i) {
                if (!written) {
                    ASSERT_EQ(at(gotKeys, keyRow, i), 77);
                } else if (i < keyRow - g.layout.kvHeads) {
                    apart +=
                        fieldsApart(at(gotKeys, keyRow, i), at(expected.keys, keyRow, i), keyBits);
                } else {
                    expectScales(at(gotKeys, keyRow, i), at(expected.keys, keyRow, i));
                }
            }
            for (std::int64_t i = 0; i < valueRow; ++i) {
                if (!written) {
                    ASSERT_EQ(at(gotValues, valueRow, i), 77);
                } else {
                    apart += fieldsApart(at(gotValues, valueRow, i),
                                         at(expected.values, valueRow, i), 4);
                }
            }
        }
        // A number within a rounding of the border between two codes may fall on either side; with
        // bytes there are 16 times as many borders.
        EXPECT_LE(apart, static_cast<int>(g.rows * g.keyColumns() / 400 + 2));
    }

    /// Codes that differ; more than by one step is an error.
    static int fieldsApart(std::int32_t got, std::int32_t expected, int bits) {
        int count = 0;
        for (int shift = 0; shift < 32; shift += bits) {
            const auto field = [&](std::int32_t word) {
                const auto code = (static_cast<std::uint32_t>(word) >> shift) & ((1U << bits) - 1);
                return bits == 8 ? static_cast<int>(static_cast<std::int8_t>(code))
                                 : static_cast<int>(code);
            };
            const int distance = std::abs(field(got) - field(expected));
            EXPECT_LE(distance, 1);
            count += distance;
        }
        return count;
    }

    static void expectScales(std::int32_t got, std::int32_t expected) {
        for (const unsigned shift : {0U, 16U}) {
            const auto scale = [&](std::int32_t word) {
                return halfToFloat(
                    static_cast<std::uint16_t>(static_cast<std::uint32_t>(word) >> shift));
            };
            // Drivers may round binary16 either way, and one other code changes a decoded length.
            EXPECT_NEAR(scale(got), scale(expected), 4e-3F * scale(expected));
        }
    }
};

TEST_F(RopeAppend, MatchesReferenceAndLeavesTheRestOfTheCache) {
    for (const Geometry& g : kGeometries) {
        for (const DType input : {DType::F32, DType::F16}) {
            for (const DType output : {DType::F32, DType::F16}) {
                if (hasF16() || (input == DType::F32 && output == DType::F32)) {
                    comparePlain(g, input, output);
                }
            }
        }
    }
}

TEST_F(RopeAppend, CodesAsTheDefinitionOfTheFormatSays) {
    for (const KvFormat format : {KvFormat::K8V4, KvFormat::Tq4}) {
        compareCoded({2, 5, {24, 8, 128, 96}}, format, DType::F32);
        compareCoded({7, 9, {6, 2, 32, 24}}, format, hasF16() ? DType::F16 : DType::F32);
        compareCoded({3, 3, {2, 1, 64, 48}}, format, DType::F32);
        compareCoded({1, 4, {1, 1, 256, 256}}, format, DType::F32);
    }
}

TEST_F(RopeAppend, WritesNothingOutsideTheCacheAndTurnsNothingOutsideTheTable) {
    const Matrix qkv = randomMatrix(3, 96, 45);
    const Placed pqkv = place(qkv, DType::F32);
    const Matrix k = randomMatrix(4, 32, 46);
    const Placed pk = place(k, DType::F32);
    const Placed pv = place(k, DType::F32);
    const Placed pp = placeInts(std::vector<std::int32_t>{-1, 4, 100});
    const Placed pr = placeInts(std::vector<std::int32_t>{-1, 2, 7});
    const Placed pt = place(rotationTable(2, 24), DType::F32);
    run([&](gpu::CommandStream& s) {
        ropeAppend(s, {.qkv = pqkv.view,
                       .tableRows = pr.view,
                       .positions = pp.view,
                       .cosSin = pt.view,
                       .keys = pk.view,
                       .values = pv.view,
                       .layout = {1, 1, 32, 24}});
    });
    expectClose(read(pk), k, kExact);
    expectClose(read(pv), k, kExact);
    expectClose(read(pqkv).columnSlice(0, 32), qkv.columnSlice(0, 32), kExact);
}

TEST_F(RopeAppend, RefusesWhatDoesNotMatch) {
    const Placed pqkv = place(Matrix(3, 96), DType::F32);
    const Placed pk = place(Matrix(4, 32), DType::F32);
    const Placed pv = place(Matrix(4, 32), DType::F32);
    const Placed shorter = place(Matrix(3, 32), DType::F32);
    const Placed pp = placeInts(shuffled(3, 47));
    const Placed pt = place(rotationTable(4, 24), DType::F32);
    const RopeAppendArgs good = {.qkv = pqkv.view,
                                 .tableRows = pp.view,
                                 .positions = pp.view,
                                 .cosSin = pt.view,
                                 .keys = pk.view,
                                 .values = pv.view,
                                 .layout = {1, 1, 32, 24}};
    gpu::CommandStream s(device());
    EXPECT_NO_THROW(ropeAppend(s, good));
    const auto refuses = [&](auto change) {
        RopeAppendArgs bad = good;
        change(bad);
        EXPECT_THROW(ropeAppend(s, bad), Error);
    };
    refuses([&](RopeAppendArgs& a) { a.values = shorter.view; });
    refuses([&](RopeAppendArgs& a) { a.values = a.keys; });
    refuses([](RopeAppendArgs& a) { a.layout.queryHeads = 2; });
    refuses([](RopeAppendArgs& a) { a.layout.rotaryDim = 23; });
    refuses([](RopeAppendArgs& a) { a.layout.rotaryDim = 34; });
    refuses([](RopeAppendArgs& a) { a.format = KvFormat::Tq4; });
}

} // namespace
} // namespace phial::ops
