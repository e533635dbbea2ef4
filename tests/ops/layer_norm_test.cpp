// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/layer_norm.h"
#include "inference/reference/layer_norm.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

namespace phial::ops {
namespace {

class LayerNorm : public OpTest {};

constexpr float kEps = 1e-5F;

TEST_F(LayerNorm, MatchesReference) {
    forEachCase(Types::WithF16, [this](const OpCase& c) {
        const Matrix x = stored(randomMatrix(c.rows, c.columns, 21), c.input);
        const std::vector<float> weight = randomVector(c.columns, 22);
        const std::vector<float> bias = randomVector(c.columns, 23);
        const Placed px = place(x, c.input, c.in);
        const Placed pw = placeVector(weight, c.in.offset);
        const Placed pb = placeVector(bias, c.out.offset);
        const Placed py = placeEmpty(c.rows, c.columns, c.output, c.out);
        run([&](gpu::CommandStream& s) {
            layerNorm(s, px.view, {.weight = pw.view, .bias = pb.view, .eps = kEps}, py.view);
        });
        expectClose(read(py), reference::layerNorm(x, weight, bias, kEps),
                    toleranceFor(c.output, kSums));
    });
}

TEST_F(LayerNorm, WorksInPlace) {
    for (const DType dtype : {DType::F32, DType::F16}) {
        if (dtype == DType::F16 && !hasF16()) {
            continue;
        }
        const Matrix x = stored(randomMatrix(17, 1152, 24), dtype);
        const std::vector<float> weight = randomVector(1152, 25);
        const std::vector<float> bias = randomVector(1152, 26);
        const Placed px = place(x, dtype, {.offset = 1, .gap = 3});
        const Placed pw = placeVector(weight);
        const Placed pb = placeVector(bias);
        run([&](gpu::CommandStream& s) {
            layerNorm(s, px.view, {.weight = pw.view, .bias = pb.view, .eps = kEps}, px.view);
        });
        expectClose(read(px), reference::layerNorm(x, weight, bias, kEps),
                    toleranceFor(dtype, kSums));
    }
}

TEST_F(LayerNorm, KeepsTheVarianceBesideALargeMean) {
    // The variance of the row is 1/12, its mean 1000: mean(x^2) - mean^2 would lose six digits.
    // What is left is the rounding of the mean, 1000 * 2^-24 * a few, over a deviation of 0.29.
    const Matrix x = randomMatrix(3, 1024, 27, 1000, 1001);
    const std::vector<float> weight(1024, 1.0F);
    const std::vector<float> bias(1024, 0.0F);
    const Placed px = place(x, DType::F32);
    const Placed pw = placeVector(weight);
    const Placed pb = placeVector(bias);
    const Placed py = placeEmpty(3, 1024, DType::F32);
    run([&](gpu::CommandStream& s) {
        layerNorm(s, px.view, {.weight = pw.view, .bias = pb.view, .eps = kEps}, py.view);
    });
    expectClose(read(py), reference::layerNorm(x, weight, bias, kEps),
                {.relative = 1e-3, .absolute = 1e-3});
}

TEST_F(LayerNorm, RefusesMismatchedShapes) {
    const Placed px = place(Matrix(3, 64), DType::F32);
    const Placed good = placeVector(randomVector(64, 28));
    const Placed narrow = placeVector(randomVector(63, 28));
    gpu::CommandStream s(device());
    EXPECT_THROW(layerNorm(s, px.view, {.weight = good.view, .bias = narrow.view}, px.view), Error);
    EXPECT_THROW(layerNorm(s, px.view, {.weight = narrow.view, .bias = good.view}, px.view), Error);
    EXPECT_THROW(
        layerNorm(s, px.view, {.weight = good.view, .bias = good.view}, px.view.columnSlice(0, 63)),
        Error);
}

} // namespace
} // namespace phial::ops
