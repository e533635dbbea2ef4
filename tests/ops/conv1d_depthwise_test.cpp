// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/conv1d_depthwise.h"
#include "inference/reference/conv1d_depthwise.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

namespace phial::ops {
namespace {

class Conv1dDepthwise : public OpTest {};

TEST_F(Conv1dDepthwise, MatchesPaddedReference) {
    forEachCase(Types::WithF16, [this](const OpCase& c) {
        for (const std::int64_t taps : {1, 3, 6}) {
            const Matrix x = stored(randomMatrix(c.rows, c.columns, 131), c.input);
            const Matrix weight = randomMatrix(c.columns, taps, 132);
            const std::vector<float> bias = randomVector(c.columns, 133);
            const Placed px = place(x, c.input, c.in);
            const Placed pw = place(weight, DType::F32, c.out);
            const Placed pb = placeVector(bias, 3);
            const Placed py = placeEmpty(c.rows, c.columns, c.output, c.out);
            run([&](gpu::CommandStream& s) {
                conv1dDepthwise(s, px.view, pw.view, pb.view, py.view);
            });
            expectClose(read(py), reference::conv1dDepthwise(x, weight, bias),
                        toleranceFor(c.output, kSums));
        }
    });
}

TEST_F(Conv1dDepthwise, IsCausal) {
    Matrix x = randomMatrix(17, 65, 134);
    const Placed pw = place(randomMatrix(65, 3, 135), DType::F32);
    const Placed pb = placeVector(randomVector(65, 136));
    const auto result = [&](const Matrix& input) {
        const Placed px = place(input, DType::F32);
        const Placed py = placeEmpty(17, 65, DType::F32);
        run([&](gpu::CommandStream& s) { conv1dDepthwise(s, px.view, pw.view, pb.view, py.view); });
        return read(py);
    };
    const Matrix before = result(x);
    x.at(9, 30) += 1; // only rows 9, 10 and 11 of column 30 may notice
    const Matrix after = result(x);
    for (std::int64_t t = 0; t < 17; ++t) {
        for (std::int64_t c = 0; c < 65; ++c) {
            const bool reached = c == 30 && t >= 9 && t <= 11;
            EXPECT_EQ(before.at(t, c) != after.at(t, c), reached) << "row " << t << " column " << c;
        }
    }
}

TEST_F(Conv1dDepthwise, RefusesMismatchedShapesAndWorkInPlace) {
    const Placed px = place(Matrix(5, 8), DType::F32);
    const Placed py = placeEmpty(5, 8, DType::F32);
    const Placed pw = place(Matrix(8, 3), DType::F32);
    const Placed few = place(Matrix(7, 3), DType::F32);
    const Placed pb = placeVector(randomVector(8, 137));
    gpu::CommandStream s(device());
    EXPECT_THROW(conv1dDepthwise(s, px.view, few.view, pb.view, py.view), Error);
    EXPECT_THROW(conv1dDepthwise(s, px.view, pw.view, pb.view, px.view), Error);
}

} // namespace
} // namespace phial::ops
