// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/rope.h"
#include "inference/reference/rope.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace phial::ops {
namespace {

class Rope : public OpTest {};

/// Cosines and sines of position * 0.1^j: real rotations, unlike random numbers.
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
    std::int64_t rows, heads, unrotatedHeads, headDim, rotaryDim;
};

constexpr Geometry kGeometries[] = {
    {1, 1, 0, 2, 2},    {3, 1, 1, 32, 24},   {17, 8, 2, 32, 24},
    {65, 3, 1, 63, 48}, {257, 2, 0, 16, 16}, {2, 32, 8, 128, 96},
};

TEST_F(Rope, MatchesReferenceAndLeavesTheOtherColumns) {
    for (const DType dtype : {DType::F32, DType::F16}) {
        if (dtype == DType::F16 && !hasF16()) {
            continue;
        }
        for (const Geometry& g : kGeometries) {
            SCOPED_TRACE(testing::Message() << g.rows << " rows, head " << g.headDim);
            constexpr std::int64_t kBase = 100;
            const std::int64_t columns = (g.heads + g.unrotatedHeads) * g.headDim;
            const Matrix x = stored(randomMatrix(g.rows, columns, 31), dtype);
            std::vector<std::int32_t> positions = shuffled(g.rows, 32);
            for (std::int32_t& position : positions) {
                position += kBase;
            }
            const Matrix table = rotationTable(g.rows, g.rotaryDim);
            const Placed px = place(x, dtype, {.offset = 3, .gap = 5});
            const Placed pp = placeInts(positions, 5);
            const Placed pt = place(table, DType::F32, {.offset = 2, .gap = 1});
            run([&](gpu::CommandStream& s) {
                rope(s, px.view, pp.view, pt.view,
                     {.heads = g.heads,
                      .headDim = g.headDim,
                      .rotaryDim = g.rotaryDim,
                      .tableBase = kBase});
            });
            const Matrix expected =
                reference::rope(x, positions, table, {g.heads, g.headDim, g.rotaryDim, kBase});
            const Matrix actual = read(px);
            expectClose(actual, expected, toleranceFor(dtype, kFewRoundings));
            for (std::int64_t t = 0; t < g.rows; ++t) {
                for (std::int64_t c = 0; c < columns; ++c) {
                    if (c >= g.heads * g.headDim || c % g.headDim >= g.rotaryDim) {
                        ASSERT_EQ(actual.at(t, c), x.at(t, c)) << "row " << t << " column " << c;
                    }
                }
            }
        }
    }
}

TEST_F(Rope, KeepsTheLengthOfEveryHead) {
    const Geometry g = {
        .rows = 33, .heads = 4, .unrotatedHeads = 0, .headDim = 32, .rotaryDim = 24};
    const Matrix x = randomMatrix(g.rows, g.heads * g.headDim, 33);
    const Placed px = place(x, DType::F32);
    const Placed pp = placeInts(shuffled(g.rows, 34));
    const Placed pt = place(rotationTable(g.rows, g.rotaryDim), DType::F32);
    run([&](gpu::CommandStream& s) {
        rope(s, px.view, pp.view, pt.view,
             {.heads = g.heads, .headDim = g.headDim, .rotaryDim = g.rotaryDim});
    });
    const Matrix y = read(px);
    const auto length = [&g](const Matrix& m, std::int64_t t, std::int64_t head) {
        double squares = 0;
        for (std::int64_t j = 0; j < g.headDim; ++j) {
            const double value = m.at(t, head * g.headDim + j);
            squares += value * value;
        }
        return std::sqrt(squares);
    };
    for (std::int64_t t = 0; t < g.rows; ++t) {
        for (std::int64_t head = 0; head < g.heads; ++head) {
            EXPECT_NEAR(length(y, t, head), length(x, t, head),
                        1e-5); // fp32 rounding of 24 columns
        }
    }
}

TEST_F(Rope, LeavesRowsOutsideTheTable) {
    const Matrix x = randomMatrix(3, 32, 35);
    const Placed px = place(x, DType::F32);
    const Placed pp = placeInts(std::vector<std::int32_t>{-1, 4, 9});
    const Placed pt = place(rotationTable(4, 32), DType::F32);
    run([&](gpu::CommandStream& s) {
        rope(s, px.view, pp.view, pt.view, {.heads = 1, .headDim = 32, .rotaryDim = 32});
    });
    expectClose(read(px), x, kExact);
}

TEST_F(Rope, RefusesAnOddRotaryWidthAndTooManyHeads) {
    const Placed px = place(Matrix(2, 64), DType::F32);
    const Placed pp = placeInts(shuffled(2, 36));
    const Placed odd = place(Matrix(2, 31), DType::F32);
    const Placed even = place(Matrix(2, 32), DType::F32);
    gpu::CommandStream s(device());
    EXPECT_THROW(rope(s, px.view, pp.view, odd.view, {.heads = 1, .headDim = 32, .rotaryDim = 31}),
                 Error);
    EXPECT_THROW(rope(s, px.view, pp.view, even.view, {.heads = 3, .headDim = 32, .rotaryDim = 32}),
                 Error);
    EXPECT_THROW(rope(s, px.view, pp.view, even.view, {.heads = 2, .headDim = 16, .rotaryDim = 32}),
                 Error);
}

} // namespace
} // namespace phial::ops
