// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/gather_rows.h"
#include "inference/ops/scatter_rows.h"
#include "inference/reference/gather_rows.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

namespace phial::ops {
namespace {

class GatherRows : public OpTest {};

TEST_F(GatherRows, MatchesReferenceFromActivations) {
    forEachCase(Types::WithF16, [this](const OpCase& c) {
        const Matrix source = stored(randomMatrix(c.rows, c.columns, 61), c.input);
        std::vector<std::int32_t> ids = shuffled(c.rows, 62);
        ids.push_back(ids.front()); // rows may be asked for twice
        const Placed ps = place(source, c.input, c.in);
        const Placed pi = placeInts(ids, c.in.offset);
        const Placed py = placeEmpty(std::ssize(ids), c.columns, c.output, c.out);
        run([&](gpu::CommandStream& s) { gatherRows(s, ps.view, pi.view, py.view); });
        expectClose(read(py), reference::gatherRows(source, ids),
                    c.input == c.output ? kExact : toleranceFor(c.output, kExact));
    });
}

TEST_F(GatherRows, MatchesReferenceFromEveryWeightFormat) {
    forEachCase(Types::WithF16, [this](const OpCase& c) {
        if (c.input == DType::F16) {
            return; // the weight format takes the place of the input type
        }
        const Matrix values = randomMatrix(c.rows, c.columns, 63);
        const std::vector<std::int32_t> ids = shuffled(c.rows, 64);
        const Placed pi = placeInts(ids, c.in.offset);
        const std::pair<WeightFormat, DType> formats[] = {{WeightFormat::F32, DType::F32},
                                                          {WeightFormat::F16, DType::F16},
                                                          {WeightFormat::BF16, DType::BF16}};
        for (const auto& [format, dtype] : formats) {
            const WeightMatrix table = uploadWeights(values, format);
            const Placed py = placeEmpty(c.rows, c.columns, c.output, c.out);
            run([&](gpu::CommandStream& s) { gatherRows(s, table, pi.view, py.view); });
            expectClose(read(py), reference::gatherRows(stored(values, dtype), ids),
                        toleranceFor(c.output, kExact));
        }
    });
}

TEST_F(GatherRows, DecodesPackedRowsAndAppliesTheirColumnScale) {
    for (const quant::PackedFormat& format : packedFormats()) {
        for (const std::int64_t columns : {40, 300}) {
            const PackedWeights table = randomPacked(format, 65, columns, 70);
            const std::vector<float> scale = randomVector(columns, 71, 0.4F, 5);
            const std::vector<std::int32_t> ids = {64, 0, 3, 3, 31};
            Matrix expected = reference::gatherRows(table.decoded, ids);
            const Placed pi = placeInts(ids, 3);
            const Placed plain = placeEmpty(5, columns, DType::F32, {.offset = 1, .gap = 3});
            const Placed scaled = placeEmpty(5, columns, DType::F32, {.offset = 2, .gap = 1});
            const Placed ps = placeVector(scale, 5);
            run([&](gpu::CommandStream& s) {
                gatherRows(s, table.device, pi.view, plain.view);
                gatherRows(s, table.device, pi.view, scaled.view, ps.view);
            });
            expectClose(read(plain), expected, kFewRoundings);
            for (std::int64_t t = 0; t < expected.rows; ++t) {
                for (std::int64_t d = 0; d < columns; ++d) {
                    expected.at(t, d) *= scale[static_cast<std::size_t>(d)];
                }
            }
            expectClose(read(scaled), expected, kFewRoundings);
        }
    }
}

TEST_F(GatherRows, UndoneByScatteringToTheSameRows) {
    const Matrix source = randomMatrix(65, 63, 65);
    const std::vector<std::int32_t> ids = shuffled(65, 66);
    const Placed ps = place(source, DType::F32);
    const Placed pi = placeInts(ids);
    const Placed between = placeEmpty(65, 63, DType::F32, {.offset = 1, .gap = 3});
    const Placed back = placeEmpty(65, 63, DType::F32);
    run([&](gpu::CommandStream& s) {
        gatherRows(s, ps.view, pi.view, between.view);
        scatterRows(s, between.view, pi.view, back.view);
    });
    expectClose(read(back), source, kExact);
}

TEST_F(GatherRows, LeavesRowsWhoseIdIsOutsideTheTable) {
    const Placed ps = place(randomMatrix(4, 5, 67), DType::F32);
    const Placed pi = placeInts(std::vector<std::int32_t>{-1, 4, 1 << 30});
    const Matrix before = randomMatrix(3, 5, 68);
    const Placed py = place(before, DType::F32);
    run([&](gpu::CommandStream& s) { gatherRows(s, ps.view, pi.view, py.view); });
    expectClose(read(py), before, kExact);
}

TEST_F(GatherRows, ReadsEveryPieceOfALargeTable) {
    // One row more than the device binds at once, where that is still a reasonable size.
    constexpr std::int64_t kColumns = 1024;
    const auto limit = static_cast<std::int64_t>(device().info().maxStorageBufferRange);
    const std::int64_t rows = limit / (2 * kColumns) + 1;
    if (rows * kColumns * 2 > 256 << 20) {
        GTEST_SKIP() << "this device binds " << limit << " bytes at once";
    }
    const WeightMatrix table = [&] {
        Matrix values(rows, kColumns);
        for (std::int64_t t = 0; t < rows; ++t) {
            values.at(t, 0) = static_cast<float>(t % 251); // exact in 16 bits
            values.at(t, kColumns - 1) = static_cast<float>(t % 241);
        }
        return uploadWeights(values, WeightFormat::F16);
    }();
    ASSERT_GT(table.pieces().size(), 1U);
    const auto last = static_cast<std::int32_t>(rows - 1);
    const auto border = static_cast<std::int32_t>(table.pieces()[1].firstRow);
    const std::vector<std::int32_t> ids = {last, 0, border, border - 1, 77};
    const Placed pi = placeInts(ids);
    const Placed py = placeEmpty(std::ssize(ids), kColumns, DType::F32);
    run([&](gpu::CommandStream& s) { gatherRows(s, table, pi.view, py.view); });
    const Matrix y = read(py);
    for (std::int64_t t = 0; t < y.rows; ++t) {
        const std::int32_t id = ids[static_cast<std::size_t>(t)];
        EXPECT_EQ(y.at(t, 0), static_cast<float>(id % 251)) << "id " << id;
        EXPECT_EQ(y.at(t, kColumns - 1), static_cast<float>(id % 241)) << "id " << id;
    }
}

TEST_F(GatherRows, RefusesMismatchedShapes) {
    const Placed ps = place(Matrix(4, 5), DType::F32);
    const Placed pi = placeInts(shuffled(3, 69));
    const Placed narrow = place(Matrix(3, 4), DType::F32);
    const Placed tall = place(Matrix(4, 5), DType::F32);
    gpu::CommandStream s(device());
    EXPECT_THROW(gatherRows(s, ps.view, pi.view, narrow.view), Error);
    EXPECT_THROW(gatherRows(s, ps.view, pi.view, tall.view), Error);
    EXPECT_THROW(gatherRows(s, ps.view, pi.view, ps.view.rowSlice(0, 3)), Error);
}

} // namespace
} // namespace phial::ops
