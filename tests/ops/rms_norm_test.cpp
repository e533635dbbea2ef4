// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/rms_norm.h"
#include "inference/reference/rms_norm.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

namespace phial::ops {
namespace {

class RmsNorm : public OpTest {};

constexpr float kEps = 1e-5F;

TEST_F(RmsNorm, MatchesReference) {
    forEachCase(Types::WithF16, [this](const OpCase& c) {
        if (c.input == DType::F16) {
            return; // the stream is always F32
        }
        const Matrix x = randomMatrix(c.rows, c.columns, 11);
        const std::vector<float> weight = randomVector(c.columns, 12);
        const Placed px = place(x, DType::F32, c.in);
        const Placed pw = placeVector(weight, c.in.offset);
        const Placed py = placeEmpty(c.rows, c.columns, c.output, c.out);
        run([&](gpu::CommandStream& s) { rmsNorm(s, px.view, pw.view, kEps, py.view); });
        expectClose(read(py), reference::rmsNorm(x, weight, kEps), toleranceFor(c.output, kSums));
    });
}

TEST_F(RmsNorm, WorksInPlace) {
    const Matrix x = randomMatrix(65, 257, 13);
    const std::vector<float> weight = randomVector(257, 14);
    const Placed px = place(x, DType::F32, {.offset = 3, .gap = 5});
    const Placed pw = placeVector(weight);
    run([&](gpu::CommandStream& s) { rmsNorm(s, px.view, pw.view, kEps, px.view); });
    expectClose(read(px), reference::rmsNorm(x, weight, kEps), kSums);
}

TEST_F(RmsNorm, TakesMoreRowsThanOneGroupAxis) {
    const Matrix x = randomMatrix(70001, 3, 15);
    const std::vector<float> weight = randomVector(3, 16);
    const Placed px = place(x, DType::F32);
    const Placed pw = placeVector(weight);
    const Placed py = placeEmpty(70001, 3, DType::F32);
    run([&](gpu::CommandStream& s) { rmsNorm(s, px.view, pw.view, kEps, py.view); });
    expectClose(read(py), reference::rmsNorm(x, weight, kEps), kSums);
}

TEST_F(RmsNorm, DoesNotDependOnTheScaleOfARow) {
    const Matrix x = randomMatrix(3, 192, 17);
    Matrix large = x;
    for (float& value : large.values) {
        value *= 4096;
    }
    const std::vector<float> ones(192, 1.0F);
    const Placed px = place(x, DType::F32);
    const Placed plarge = place(large, DType::F32);
    const Placed pw = placeVector(ones);
    const Placed py = placeEmpty(3, 192, DType::F32);
    const Placed pylarge = placeEmpty(3, 192, DType::F32);
    run([&](gpu::CommandStream& s) {
        rmsNorm(s, px.view, pw.view, 1e-12F, py.view);
        rmsNorm(s, plarge.view, pw.view, 1e-12F, pylarge.view);
    });
    expectClose(read(pylarge), read(py), kSums);
}

TEST_F(RmsNorm, KeepsARowOfZerosAtZero) {
    const Placed px = place(Matrix(2, 64), DType::F32);
    const Placed pw = placeVector(randomVector(64, 18));
    run([&](gpu::CommandStream& s) { rmsNorm(s, px.view, pw.view, kEps, px.view); });
    expectClose(read(px), Matrix(2, 64), kExact);
}

TEST_F(RmsNorm, RefusesMismatchedShapesAndTypes) {
    const Placed px = place(Matrix(3, 64), DType::F32);
    const Placed narrow = placeVector(randomVector(63, 19));
    const Placed weight = placeVector(randomVector(64, 19));
    const Placed ints = placeInts(shuffled(64, 1));
    gpu::CommandStream s(device());
    EXPECT_THROW(rmsNorm(s, px.view, narrow.view, kEps, px.view), Error);
    EXPECT_THROW(rmsNorm(s, px.view, ints.view, kEps, px.view), Error);
    EXPECT_THROW(rmsNorm(s, px.view, weight.view, kEps, px.view.rowSlice(0, 2)), Error);
    EXPECT_THROW(rmsNorm(s, px.view, weight.view, 0, px.view), Error);
    TensorView beyond = px.view;
    beyond.elementOffset = 8; // the last row leaves the buffer
    EXPECT_THROW(rmsNorm(s, beyond, weight.view, kEps, px.view), Error);
}

} // namespace
} // namespace phial::ops
