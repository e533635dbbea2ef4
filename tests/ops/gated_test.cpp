// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/gated.h"
#include "inference/reference/gated.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

namespace phial::ops {
namespace {

class Gated : public OpTest {};

class GatedOrders : public Gated {
protected:
    void compare(const OpCase& c, GateOrder order, bool biased) {
        const Matrix x = stored(randomMatrix(c.rows, 2 * c.columns, 51, -6, 6), c.input);
        const std::vector<float> valueBias = randomVector(c.columns, 52);
        const std::vector<float> gateBias = randomVector(c.columns, 53);
        const Placed px = place(x, c.input, c.in);
        const Placed py = placeEmpty(c.rows, c.columns, c.output, c.out);
        const Placed pvb = placeVector(valueBias, 3);
        const Placed pgb = placeVector(gateBias, 1);
        GatedOptions options = {.order = order};
        if (biased) {
            options.valueBias = pvb.view;
            options.gateBias = pgb.view;
        }
        run([&](gpu::CommandStream& s) { gated(s, px.view, py.view, options); });
        const auto half = order == GateOrder::GateFirst ? reference::GateHalf::First
                                                        : reference::GateHalf::Second;
        const Matrix expected =
            biased ? reference::gated(x, half, valueBias, gateBias) : reference::gated(x, half);
        expectClose(read(py), expected, toleranceFor(c.output, kSums));
    }
};

TEST_F(GatedOrders, MatchReferenceWithAndWithoutBiases) {
    forEachCase(Types::WithF16, [this](const OpCase& c) {
        for (const GateOrder order : {GateOrder::GateFirst, GateOrder::ValueFirst}) {
            compare(c, order, false);
            compare(c, order, true);
        }
    });
}

TEST_F(Gated, AppliesTheColumnScaleOfTheNextLinear) {
    const Matrix x = randomMatrix(5, 2 * 33, 55, -6, 6);
    const std::vector<float> scale = randomVector(33, 56, 0.4F, 5);
    const Placed px = place(x, DType::F32, {3, 5});
    const Placed py = placeEmpty(5, 33, DType::F32, {7, 2});
    const Placed ps = placeVector(scale, 3);
    run([&](gpu::CommandStream& s) { gated(s, px.view, py.view, {.columnScale = ps.view}); });
    expectClose(read(py), reference::gated(x, reference::GateHalf::First, {}, {}, scale), kSums);
}

TEST_F(Gated, StaysFiniteForLargeGates) {
    const Matrix x(1, 8, {-1e4F, -200, 200, 1e4F, 3, 3, 3, 3}); // gates, then values
    const Placed px = place(x, DType::F32);
    const Placed py = placeEmpty(1, 4, DType::F32);
    run([&](gpu::CommandStream& s) {
        gated(s, px.view, py.view, {.order = GateOrder::GateFirst});
    });
    expectClose(read(py), Matrix(1, 4, {0, 0, 600, 3e4F}), kFewRoundings);
}

TEST_F(Gated, RefusesOneBiasWithoutTheOther) {
    const Placed px = place(Matrix(2, 8), DType::F32);
    const Placed py = place(Matrix(2, 4), DType::F32);
    const Placed bias = placeVector(randomVector(4, 54));
    gpu::CommandStream s(device());
    EXPECT_THROW(gated(s, px.view, py.view, {.valueBias = bias.view}), Error);
    EXPECT_THROW(gated(s, py.view, px.view, {}), Error);
}

} // namespace
} // namespace phial::ops
