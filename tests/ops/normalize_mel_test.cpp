// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/normalize_mel.h"
#include "inference/reference/normalize_mel.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

namespace phial::ops {
namespace {

class NormalizeMel : public OpTest {};

TEST_F(NormalizeMel, MatchesReference) {
    forEachCase(Types::WithF16, [this](const OpCase& c) {
        if (c.input == DType::F16) {
            return; // log-mel frames arrive in F32
        }
        const Matrix x = randomMatrix(c.rows, c.columns, 91, 0, 25); // range of log-mel energies
        const std::vector<float> mean = randomVector(c.columns, 92, 8, 14);
        const std::vector<float> inverseStd = randomVector(c.columns, 93, 0.1F, 0.5F);
        const Placed px = place(x, DType::F32, c.in);
        const Placed pm = placeVector(mean, 3);
        const Placed ps = placeVector(inverseStd, 1);
        const Placed py = placeEmpty(c.rows, c.columns, c.output, c.out);
        run([&](gpu::CommandStream& s) { normalizeMel(s, px.view, pm.view, ps.view, py.view); });
        expectClose(read(py), reference::normalizeMel(x, mean, inverseStd),
                    toleranceFor(c.output, kFewRoundings));
    });
}

TEST_F(NormalizeMel, WorksInPlace) {
    const Matrix x = randomMatrix(17, 80, 94, 0, 25);
    const std::vector<float> mean = randomVector(80, 95, 8, 14);
    const std::vector<float> inverseStd = randomVector(80, 96, 0.1F, 0.5F);
    const Placed px = place(x, DType::F32, {.offset = 3, .gap = 5});
    const Placed pm = placeVector(mean);
    const Placed ps = placeVector(inverseStd);
    run([&](gpu::CommandStream& s) { normalizeMel(s, px.view, pm.view, ps.view, px.view); });
    expectClose(read(px), reference::normalizeMel(x, mean, inverseStd), kFewRoundings);
}

TEST_F(NormalizeMel, RefusesMismatchedShapes) {
    const Placed px = place(Matrix(3, 80), DType::F32);
    const Placed good = placeVector(randomVector(80, 97));
    const Placed narrow = placeVector(randomVector(79, 97));
    gpu::CommandStream s(device());
    EXPECT_THROW(normalizeMel(s, px.view, narrow.view, good.view, px.view), Error);
    EXPECT_THROW(normalizeMel(s, px.view, good.view, narrow.view, px.view), Error);
}

} // namespace
} // namespace phial::ops
