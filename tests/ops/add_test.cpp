// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/add.h"
#include "inference/reference/add.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

namespace phial::ops {
namespace {

class Add : public OpTest {};

TEST_F(Add, MatchesReference) {
    forEachCase(Types::WithF16, [this](const OpCase& c) {
        // c.input is the type of x and y, c.output that of z.
        const Matrix x = stored(randomMatrix(c.rows, c.columns, 161), c.input);
        const Matrix z = stored(randomMatrix(c.rows, c.columns, 162), c.output);
        const Placed px = place(x, c.input, c.in);
        const Placed pz = place(z, c.output, c.out);
        const Placed py = placeEmpty(c.rows, c.columns, c.input, {.offset = 1, .gap = 4});
        run([&](gpu::CommandStream& s) { add(s, px.view, pz.view, py.view, 0.5F); });
        expectClose(read(py), reference::add(x, z, 0.5F), toleranceFor(c.input, kFewRoundings));
    });
}

TEST_F(Add, WorksInPlaceOfEitherOperand) {
    const Matrix x = randomMatrix(65, 257, 163);
    const Matrix z = randomMatrix(65, 257, 164);
    const Placed px = place(x, DType::F32, {.offset = 3, .gap = 5});
    const Placed pz = place(z, DType::F32);
    run([&](gpu::CommandStream& s) {
        add(s, px.view, pz.view, px.view, -1.5F);
        add(s, px.view, pz.view, pz.view);
    });
    const Matrix sum = reference::add(x, z, -1.5F);
    expectClose(read(px), sum, kFewRoundings);
    expectClose(read(pz), reference::add(sum, z), kFewRoundings);
}

TEST_F(Add, RefusesMismatchedShapesAndTypes) {
    const Placed px = place(Matrix(3, 8), DType::F32);
    const Placed shorter = place(Matrix(2, 8), DType::F32);
    gpu::CommandStream s(device());
    EXPECT_THROW(add(s, px.view, shorter.view, px.view), Error);
    EXPECT_THROW(add(s, px.view, px.view, shorter.view), Error);
    const Placed ints = placeInts(shuffled(8, 1));
    EXPECT_THROW(add(s, px.view.rowSlice(0, 1), ints.view, px.view.rowSlice(0, 1)), Error);
}

} // namespace
} // namespace phial::ops
