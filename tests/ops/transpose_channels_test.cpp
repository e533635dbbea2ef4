// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/transpose_channels.h"
#include "inference/reference/transpose_channels.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

namespace phial::ops {
namespace {

class TransposeChannels : public OpTest {};

TEST_F(TransposeChannels, MatchesReference) {
    forEachCase(Types::WithF16, [this](const OpCase& c) {
        for (const std::int64_t frequencies : {1, 3, 10}) {
            const Matrix x = stored(randomMatrix(c.rows * frequencies, c.columns, 121), c.input);
            const Placed px = place(x, c.input, c.in);
            const Placed py = placeEmpty(c.rows, c.columns * frequencies, c.output, c.out);
            run([&](gpu::CommandStream& s) {
                transposeChannels(s, px.view, frequencies, py.view);
            });
            expectClose(read(py), reference::transposeChannels(x, frequencies),
                        c.input == c.output ? kExact : toleranceFor(c.output, kExact));
        }
    });
}

TEST_F(TransposeChannels, UndoneByTheTransposeWithChannelsAndFrequenciesExchanged) {
    const Matrix x = randomMatrix(5 * 10, 64, 122);
    const Placed px = place(x, DType::F32);
    const Placed between = placeEmpty(5, 640, DType::F32);
    const Placed back = placeEmpty(5, 640, DType::F32);
    run([&](gpu::CommandStream& s) {
        transposeChannels(s, px.view, 10, between.view);
        TensorView columns = between.view;
        columns.shape = Shape({5 * 64, 10});
        columns.rowStride = 10;
        transposeChannels(s, columns, 64, back.view);
    });
    EXPECT_EQ(read(back).values, x.values);
}

TEST_F(TransposeChannels, RefusesMismatchedShapes) {
    const Placed px = place(Matrix(20, 3), DType::F32);
    const Placed py = placeEmpty(5, 12, DType::F32);
    gpu::CommandStream s(device());
    EXPECT_NO_THROW(transposeChannels(s, px.view, 4, py.view));
    EXPECT_THROW(transposeChannels(s, px.view, 5, py.view), Error);
}

} // namespace
} // namespace phial::ops
