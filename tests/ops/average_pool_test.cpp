// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/average_pool.h"
#include "inference/reference/average_pool.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

namespace phial::ops {
namespace {

class AveragePool : public OpTest {};

TEST_F(AveragePool, MatchesReference) {
    for (const DType input : {DType::F32, DType::F16}) {
        for (const DType output : {DType::F32, DType::F16}) {
            if ((input == DType::F16 || output == DType::F16) && !hasF16()) {
                continue;
            }
            for (const std::int64_t grid : {2, 6, 32}) {
                for (const std::int64_t columns : {1, 17, 257}) {
                    SCOPED_TRACE(testing::Message()
                                 << grid << "x" << grid << " rows of " << columns);
                    const Matrix x = stored(randomMatrix(grid * grid, columns, 151), input);
                    const Placed px = place(x, input, {.offset = 3, .gap = 5});
                    const Placed py =
                        placeEmpty(grid * grid / 4, columns, output, {.offset = 7, .gap = 2});
                    run([&](gpu::CommandStream& s) { averagePool(s, px.view, grid, py.view); });
                    expectClose(read(py), reference::averagePool(x, grid),
                                toleranceFor(output, kFewRoundings));
                }
            }
        }
    }
}

TEST_F(AveragePool, TakesSeveralGridsOneBehindTheOther) {
    const Matrix x = randomMatrix(3 * 36, 5, 152);
    const Placed px = place(x, DType::F32, {.offset = 1, .gap = 2});
    const Placed py = placeEmpty(3 * 9, 5, DType::F32);
    run([&](gpu::CommandStream& s) { averagePool(s, px.view, 6, py.view); });
    const Matrix found = read(py);
    for (const std::int64_t grid : {0, 1, 2}) {
        expectClose(found.rowSlice(9 * grid, 9),
                    reference::averagePool(x.rowSlice(36 * grid, 36), 6), kFewRoundings);
    }
}

TEST_F(AveragePool, RefusesAnOddGrid) {
    const Placed px = place(Matrix(9, 4), DType::F32);
    const Placed py = placeEmpty(1, 4, DType::F32);
    gpu::CommandStream s(device());
    EXPECT_THROW(averagePool(s, px.view, 3, py.view), Error);
    EXPECT_THROW(averagePool(s, px.view, 2, py.view), Error);
}

} // namespace
} // namespace phial::ops
