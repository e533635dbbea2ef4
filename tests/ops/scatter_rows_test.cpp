// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/scatter_rows.h"
#include "inference/reference/scatter_rows.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

namespace phial::ops {
namespace {

class ScatterRows : public OpTest {};

TEST_F(ScatterRows, MatchesReferenceAndLeavesTheOtherRows) {
    forEachCase(Types::WithF16, [this](const OpCase& c) {
        if (c.output == DType::F16) {
            return; // the destination is always F32
        }
        const Matrix source = stored(randomMatrix(c.rows, c.columns, 71), c.input);
        Matrix destination = randomMatrix(2 * c.rows, c.columns, 72);
        std::vector<std::int32_t> rows = shuffled(2 * c.rows, 73);
        rows.resize(static_cast<std::size_t>(c.rows));
        const Placed ps = place(source, c.input, c.in);
        const Placed pr = placeInts(rows, c.in.offset);
        const Placed pd = place(destination, DType::F32, c.out);
        run([&](gpu::CommandStream& s) { scatterRows(s, ps.view, pr.view, pd.view); });
        reference::scatterRows(source, rows, destination);
        expectClose(read(pd), destination, kExact);
    });
}

TEST_F(ScatterRows, WritesNothingOutsideTheDestination) {
    const Placed ps = place(randomMatrix(3, 5, 74), DType::F32);
    const Placed pr = placeInts(std::vector<std::int32_t>{-1, 4, 1 << 30});
    const Matrix before = randomMatrix(4, 5, 75);
    const Placed pd = place(before, DType::F32);
    run([&](gpu::CommandStream& s) { scatterRows(s, ps.view, pr.view, pd.view); });
    expectClose(read(pd), before, kExact);
}

TEST_F(ScatterRows, RefusesMismatchedShapes) {
    const Placed ps = place(Matrix(3, 5), DType::F32);
    const Placed pr = placeInts(shuffled(4, 76));
    const Placed pd = place(Matrix(6, 5), DType::F32);
    const Placed narrow = place(Matrix(6, 4), DType::F32);
    gpu::CommandStream s(device());
    EXPECT_THROW(scatterRows(s, ps.view, pr.view, pd.view), Error);
    EXPECT_THROW(scatterRows(s, ps.view, placeInts(shuffled(3, 1)).view, narrow.view), Error);
}

} // namespace
} // namespace phial::ops
