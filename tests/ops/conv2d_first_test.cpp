// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/conv2d_first.h"
#include "inference/reference/conv2d_first.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

namespace phial::ops {
namespace {

class Conv2dFirst : public OpTest {};

struct Geometry {
    std::int64_t frames, frequencies, channels;
};

constexpr Geometry kGeometries[] = {{1, 1, 1},    {1, 3, 5},     {2, 2, 3}, {3, 80, 17},
                                    {17, 63, 65}, {65, 80, 257}, {2, 5, 8}, {9, 77, 48}};

TEST_F(Conv2dFirst, MatchesPaddedReference) {
    for (const DType input : {DType::F32, DType::F16}) {
        for (const DType output : {DType::F32, DType::F16}) {
            if ((input == DType::F16 || output == DType::F16) && !hasF16()) {
                continue;
            }
            for (const Geometry& g : kGeometries) {
                SCOPED_TRACE(testing::Message() << g.frames << "x" << g.frequencies << " to "
                                                << g.channels << " channels");
                const Matrix x = stored(randomMatrix(g.frames, g.frequencies, 101), input);
                const Matrix weight = randomMatrix(g.channels, 9, 102);
                const std::vector<float> bias = randomVector(g.channels, 103);
                const Placed px = place(x, input, {.offset = 3, .gap = 5});
                const Placed pw = place(weight, DType::F32, {.offset = 1, .gap = 1});
                const Placed pb = placeVector(bias, 7);
                const Placed py = placeEmpty(halved(g.frames) * halved(g.frequencies), g.channels,
                                             output, {.offset = 5, .gap = 3});
                run([&](gpu::CommandStream& s) {
                    conv2dFirst(s, px.view, {.weight = pw.view, .bias = pb.view}, py.view,
                                {.total = g.frames});
                });
                expectClose(read(py), reference::conv2dFirst(x, weight, bias),
                            toleranceFor(output, kSums));
            }
        }
    }
}

TEST_F(Conv2dFirst, GivesTheSameInWindows) {
    constexpr std::int64_t kFrames = 53;
    constexpr std::int64_t kOut = halved(kFrames);
    const Matrix x = randomMatrix(kFrames, 80, 104);
    const Placed px = place(x, DType::F32);
    const Placed pw = place(randomMatrix(7, 9, 105), DType::F32);
    const Placed pb = placeVector(randomVector(7, 106));
    const Placed whole = placeEmpty(kOut * 40, 7, DType::F32);
    const Placed windowed = placeEmpty(kOut * 40, 7, DType::F32);
    const Conv3x3Weights weights = {.weight = pw.view, .bias = pb.view};
    run([&](gpu::CommandStream& s) {
        conv2dFirst(s, px.view, weights, whole.view, {.total = kFrames});
        for (std::int64_t first = 0; first < kOut; first += 10) {
            const std::int64_t count = std::min<std::int64_t>(10, kOut - first);
            const std::int64_t inFirst = std::max<std::int64_t>(0, 2 * first - 1);
            const std::int64_t inEnd = std::min(kFrames, 2 * (first + count));
            conv2dFirst(s, px.view.rowSlice(inFirst, inEnd - inFirst), weights,
                        windowed.view.rowSlice(first * 40, count * 40),
                        {.total = kFrames, .inputFirst = inFirst, .outputFirst = first});
        }
    });
    expectClose(read(windowed), read(whole), kExact);
}

TEST_F(Conv2dFirst, RefusesAWindowThatLacksAFrame) {
    const Placed px = place(Matrix(10, 8), DType::F32);
    const Placed pw = place(Matrix(3, 9), DType::F32);
    const Placed pb = placeVector(randomVector(3, 107));
    const Placed py = placeEmpty(2 * 4, 3, DType::F32);
    const Conv3x3Weights weights = {.weight = pw.view, .bias = pb.view};
    gpu::CommandStream s(device());
    // Output frames 2 and 3 need input frames 3 to 7.
    const auto tryWindow = [&](std::int64_t first, std::int64_t count) {
        conv2dFirst(s, px.view.rowSlice(first, count), weights, py.view,
                    {.total = 10, .inputFirst = first, .outputFirst = 2});
    };
    EXPECT_NO_THROW(tryWindow(3, 5));
    EXPECT_THROW(tryWindow(4, 4), Error);
    EXPECT_THROW(tryWindow(3, 4), Error);
    EXPECT_THROW(conv2dFirst(s, px.view, weights, py.view, {.total = 9}), Error);
}

} // namespace
} // namespace phial::ops
