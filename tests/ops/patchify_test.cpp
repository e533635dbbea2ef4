// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/patchify.h"
#include "inference/reference/patchify.h"
#include "inference/tensor/transfer.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

namespace phial::ops {
namespace {

class Patchify : public OpTest {};

struct Geometry {
    std::int64_t channels, height, width, patch;
};

constexpr Geometry kGeometries[] = {
    {1, 1, 1, 1}, {3, 4, 6, 2}, {3, 15, 9, 3}, {2, 17, 34, 17}, {3, 448, 448, 14}};

TEST_F(Patchify, MatchesReference) {
    for (const DType output : {DType::F32, DType::F16}) {
        if (output == DType::F16 && !hasF16()) {
            continue;
        }
        for (const Geometry& g : kGeometries) {
            SCOPED_TRACE(testing::Message()
                         << g.height << "x" << g.width << " in patches of " << g.patch);
            const std::vector<float> pixels =
                randomVector(g.channels * g.height * g.width, 141, -1, 1);
            const Tensor planes =
                uploadFloats(device(), pixels, Shape({g.channels, g.height, g.width}), DType::F32,
                             "test pixels");
            const Matrix expected =
                reference::patchify({pixels, g.channels, g.height, g.width}, g.patch);
            const Placed py =
                placeEmpty(expected.rows, expected.columns, output, {.offset = 5, .gap = 3});
            run([&](gpu::CommandStream& s) { patchify(s, planes.view(), g.patch, py.view); });
            expectClose(read(py), expected, toleranceFor(output, kExact));
        }
    }
}

TEST_F(Patchify, TakesTheSecondPictureOfABatch) {
    const std::vector<float> pixels = randomVector(2 * 3 * 4 * 4, 142);
    const Tensor both =
        uploadFloats(device(), pixels, Shape({2, 3, 4, 4}), DType::F32, "test pixels");
    TensorView second = both.view();
    second.shape = Shape({3, 4, 4});
    second.elementOffset = 48;
    const Placed py = placeEmpty(4, 12, DType::F32);
    run([&](gpu::CommandStream& s) { patchify(s, second, 2, py.view); });
    expectClose(read(py), reference::patchify({std::span(pixels).subspan(48), 3, 4, 4}, 2), kExact);
}

TEST_F(Patchify, CutsSeveralPictures) {
    const std::vector<float> pixels = randomVector(3 * 2 * 4 * 6, 143);
    const Tensor all =
        uploadFloats(device(), pixels, Shape({3, 2, 4, 6}), DType::F32, "test pixels");
    const Placed py = placeEmpty(3 * 6, 8, DType::F32, {.offset = 1, .gap = 1});
    run([&](gpu::CommandStream& s) { patchify(s, all.view(), 2, py.view); });
    const Matrix found = read(py);
    for (const std::size_t image : {0, 1, 2}) {
        expectClose(found.rowSlice(6 * static_cast<std::int64_t>(image), 6),
                    reference::patchify({std::span(pixels).subspan(48 * image, 48), 2, 4, 6}, 2),
                    kExact);
    }
}

TEST_F(Patchify, RefusesPartialPatches) {
    const Tensor planes(device(), DType::F32, Shape({3, 8, 9}), "test pixels");
    const Placed py = placeEmpty(4, 48, DType::F32);
    gpu::CommandStream s(device());
    EXPECT_THROW(patchify(s, planes.view(), 4, py.view), Error);
}

} // namespace
} // namespace phial::ops
