// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/copy_rows.h"
#include "inference/reference/copy_rows.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

namespace phial::ops {
namespace {

class CopyRows : public OpTest {};

TEST_F(CopyRows, KeepsEveryValueThatTheTypeCanHold) {
    forEachCase(Types::WithF16, [this](const OpCase& c) {
        // Values of the input rounded to F16 survive every combination of types.
        const Matrix x = stored(randomMatrix(c.rows, c.columns, 171), DType::F16);
        const Placed px = place(x, c.input, c.in);
        const Placed py = placeEmpty(c.rows, c.columns, c.output, c.out);
        run([&](gpu::CommandStream& s) { copyRows(s, px.view, py.view); });
        // Subnormal halves may be flushed.
        expectClose(read(py), reference::copyRows(x, reference::Storage::F16),
                    {.relative = 0,
                     .absolute = c.input == DType::F32 && c.output == DType::F32 ? 0 : 6.2e-5});
    });
}

TEST_F(CopyRows, RoundsToHalf) {
    if (!hasF16()) {
        GTEST_SKIP() << "this device has no 16-bit storage";
    }
    const Matrix x = randomMatrix(65, 257, 172);
    const Placed px = place(x, DType::F32);
    const Placed py = placeEmpty(65, 257, DType::F16);
    run([&](gpu::CommandStream& s) { copyRows(s, px.view, py.view); });
    expectClose(read(py), x, toleranceFor(DType::F16, kExact));
}

TEST_F(CopyRows, JoinsColumnsOfTwoMatrices) {
    const Matrix a = randomMatrix(17, 3, 173);
    const Matrix b = randomMatrix(17, 65, 174);
    const Placed pa = place(a, DType::F32);
    const Placed pb = place(b, DType::F32);
    const Placed both = placeEmpty(17, 68, DType::F32, {.offset = 1, .gap = 2});
    run([&](gpu::CommandStream& s) {
        copyRows(s, pa.view, both.view.columnSlice(0, 3));
        copyRows(s, pb.view, both.view.columnSlice(3, 65));
    });
    const Matrix joined = read(both);
    expectClose(joined.columnSlice(0, 3), a, kExact);
    expectClose(joined.columnSlice(3, 65), b, kExact);
}

TEST_F(CopyRows, TakesMoreElementsThanOneGroupAxis) {
    // 65535 groups of 256 are 16.8 million elements; these are 18 million.
    constexpr std::int64_t kRows = 70001;
    constexpr std::int64_t kColumns = 257;
    const Matrix x = randomMatrix(kRows, kColumns, 175);
    const Placed px = place(x, DType::F32);
    const Placed py = placeEmpty(kRows, kColumns, DType::F32);
    run([&](gpu::CommandStream& s) { copyRows(s, px.view, py.view); });
    EXPECT_EQ(read(py).values, x.values);
}

TEST_F(CopyRows, RefusesMismatchedShapesAndItsOwnInput) {
    const Placed px = place(Matrix(3, 8), DType::F32);
    const Placed narrow = place(Matrix(3, 7), DType::F32);
    gpu::CommandStream s(device());
    EXPECT_THROW(copyRows(s, px.view, narrow.view), Error);
    EXPECT_THROW(copyRows(s, px.view, px.view), Error);
}

} // namespace
} // namespace phial::ops
