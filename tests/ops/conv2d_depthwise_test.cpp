// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/conv2d_depthwise.h"
#include "inference/reference/conv2d_depthwise.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

namespace phial::ops {
namespace {

class Conv2dDepthwise : public OpTest {};

struct Geometry {
    std::int64_t frames, frequencies, channels;
};

constexpr Geometry kGeometries[] = {{1, 1, 1},   {1, 3, 5},    {2, 2, 3},
                                    {3, 40, 17}, {17, 21, 65}, {33, 20, 257}};

TEST_F(Conv2dDepthwise, MatchesPaddedReference) {
    for (const DType input : {DType::F32, DType::F16}) {
        for (const DType output : {DType::F32, DType::F16}) {
            if ((input == DType::F16 || output == DType::F16) && !hasF16()) {
                continue;
            }
            for (const Geometry& g : kGeometries) {
                SCOPED_TRACE(testing::Message()
                             << g.frames << "x" << g.frequencies << "x" << g.channels);
                const Matrix x =
                    stored(randomMatrix(g.frames * g.frequencies, g.channels, 111), input);
                const Matrix weight = randomMatrix(g.channels, 9, 112);
                const std::vector<float> bias = randomVector(g.channels, 113);
                const Placed px = place(x, input, {.offset = 3, .gap = 5});
                const Placed pw = place(weight, DType::F32, {.offset = 1, .gap = 1});
                const Placed pb = placeVector(bias, 7);
                const Placed py = placeEmpty(halved(g.frames) * halved(g.frequencies), g.channels,
                                             output, {.offset = 5, .gap = 3});
                run([&](gpu::CommandStream& s) {
                    conv2dDepthwise(s, px.view, g.frequencies, {.weight = pw.view, .bias = pb.view},
                                    py.view, {.total = g.frames});
                });
                expectClose(read(py), reference::conv2dDepthwise(x, g.frequencies, weight, bias),
                            toleranceFor(output, kSums));
            }
        }
    }
}

TEST_F(Conv2dDepthwise, GivesTheSameInWindows) {
    constexpr std::int64_t kFrames = 38;
    constexpr std::int64_t kOut = halved(kFrames);
    constexpr std::int64_t kIn = 20;
    const Placed px = place(randomMatrix(kFrames * kIn, 7, 114), DType::F32);
    const Placed pw = place(randomMatrix(7, 9, 115), DType::F32);
    const Placed pb = placeVector(randomVector(7, 116));
    const Placed whole = placeEmpty(kOut * 10, 7, DType::F32);
    const Placed windowed = placeEmpty(kOut * 10, 7, DType::F32);
    const Conv3x3Weights weights = {.weight = pw.view, .bias = pb.view};
    run([&](gpu::CommandStream& s) {
        conv2dDepthwise(s, px.view, kIn, weights, whole.view, {.total = kFrames});
        for (std::int64_t first = 0; first < kOut; first += 7) {
            const std::int64_t count = std::min<std::int64_t>(7, kOut - first);
            const std::int64_t inFirst = std::max<std::int64_t>(0, 2 * first - 1);
            const std::int64_t inEnd = std::min(kFrames, 2 * (first + count));
            conv2dDepthwise(s, px.view.rowSlice(inFirst * kIn, (inEnd - inFirst) * kIn), kIn,
                            weights, windowed.view.rowSlice(first * 10, count * 10),
                            {.total = kFrames, .inputFirst = inFirst, .outputFirst = first});
        }
    });
    expectClose(read(windowed), read(whole), kExact);
}

TEST_F(Conv2dDepthwise, RefusesMismatchedShapes) {
    const Placed px = place(Matrix(10 * 4, 3), DType::F32);
    const Placed pw = place(Matrix(3, 9), DType::F32);
    const Placed small = place(Matrix(3, 8), DType::F32);
    const Placed pb = placeVector(randomVector(3, 117));
    const Placed py = placeEmpty(5 * 2, 3, DType::F32);
    gpu::CommandStream s(device());
    EXPECT_NO_THROW(conv2dDepthwise(s, px.view, 4, {.weight = pw.view, .bias = pb.view}, py.view,
                                    {.total = 10}));
    EXPECT_THROW(conv2dDepthwise(s, px.view, 4, {.weight = small.view, .bias = pb.view}, py.view,
                                 {.total = 10}),
                 Error);
    EXPECT_THROW(conv2dDepthwise(s, px.view, 3, {.weight = pw.view, .bias = pb.view}, py.view,
                                 {.total = 10}),
                 Error);
    EXPECT_THROW(
        conv2dDepthwise(s, px.view, 4, {.weight = pw.view, .bias = pb.view}, py.view, {.total = 9}),
        Error);
}

} // namespace
} // namespace phial::ops
