// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/linear.h"
#include "inference/reference/linear.h"
#include "inference/tensor/transfer.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>

namespace phial::ops {
namespace {

/// One shape: T rows, K columns, N outputs.
struct Product {
    std::int64_t rows;
    std::int64_t columns;
    std::int64_t outputs;
};

DType elementOf(WeightFormat format) {
    return format == WeightFormat::F32   ? DType::F32
           : format == WeightFormat::F16 ? DType::F16
                                         : DType::BF16;
}

class Linear : public OpTest {
protected:
    /// Terms lie in (-1, 1), so the running sum is about sqrt(K)/3 and each addition rounds it by
    /// up to 6e-8 of that; K such errors of random sign add up to K * 2e-8. The worst of many
    /// outputs is within three times that.
    static Tolerance sumsOf(std::int64_t columns) {
        return {.relative = 2e-6, .absolute = 6e-8 * static_cast<double>(columns) + 1e-6};
    }

    struct Options {
        bool bias = false;
        Activation activation = Activation::None;
        float scale = 1;
        bool accumulate = false;
    };

    void compare(const Product& s, WeightFormat format, DType input, DType output,
                 const Options& options, bool spaced) {
        SCOPED_TRACE(std::to_string(s.rows) + "x" + std::to_string(s.columns) + " to " +
                     std::to_string(s.outputs) + ", weights " +
                     std::string(dtypeName(elementOf(format))) + ", " +
                     std::string(dtypeName(input)) + " to " + std::string(dtypeName(output)));
        const Matrix x = stored(randomMatrix(s.rows, s.columns, 1, -1, 1), input);
        const Matrix w = stored(randomMatrix(s.outputs, s.columns, 2, -1, 1), elementOf(format));
        const std::vector<float> bias = randomVector(s.outputs, 3);
        const Matrix before = stored(randomMatrix(s.rows, s.outputs, 4), output);
        const Placement in = spaced ? Placement{3, 5} : Placement{};
        const Placement out = spaced ? Placement{7, 2} : Placement{};
        const Placed px = place(x, input, in);
        const Placed py = place(before, output, out);
        const Placed pb = placeVector(bias, spaced ? 5 : 0);
        const WeightMatrix pw = OpTest::uploadWeights(w, format);
        LinearOptions device = {.activation = options.activation, .scale = options.scale};
        reference::LinearExtras extras = {
            .activation = static_cast<reference::LinearActivation>(options.activation),
            .scale = options.scale};
        if (options.bias) {
            device.bias = pb.view;
            extras.bias = bias;
        }
        if (options.accumulate) {
            device.accumulate = Accumulate::Yes;
            extras.addTo = &before;
        }
        run([&](gpu::CommandStream& stream) { linear(stream, px.view, pw, py.view, device); });
        expectClose(read(py), reference::linear(x, w, extras),
                    toleranceFor(output, sumsOf(s.columns)));
    }

    std::vector<DType> activationTypes() {
        return hasF16() ? std::vector{DType::F32, DType::F16} : std::vector{DType::F32};
    }
};

constexpr std::array kFormats = {WeightFormat::F32, WeightFormat::F16, WeightFormat::BF16};

// Around every edge: octets (8), steps (16), tiles of 16, 32 and 64 rows and 64 outputs, and the
// model's odd sizes.
constexpr std::array kProducts = {
    Product{1, 1, 1},   Product{1, 7, 3},    Product{1, 72, 65},   Product{1, 588, 130},
    Product{2, 9, 17},  Product{3, 64, 64},  Product{5, 33, 9},    Product{8, 100, 31},
    Product{9, 1, 1},   Product{9, 16, 64},  Product{16, 17, 65},  Product{17, 31, 63},
    Product{33, 80, 5}, Product{64, 48, 64}, Product{65, 129, 66}, Product{130, 15, 130},
};

TEST_F(Linear, MatchesReferenceForAllShapesAndTypes) {
    for (const Product& product : kProducts) {
        for (const WeightFormat format : kFormats) {
            compare(product, format, DType::F32, DType::F32, {}, true);
        }
    }
    for (const DType input : activationTypes()) {
        for (const DType output : activationTypes()) {
            for (const WeightFormat format : kFormats) {
                compare({3, 45, 21}, format, input, output, {}, true);
                compare({37, 45, 70}, format, input, output, {}, false);
            }
        }
    }
}

TEST_F(Linear, AppliesBiasActivationScaleAndAccumulates) {
    for (const std::int64_t rows : {1, 6, 20}) {
        const Product product{rows, 40, 70};
        for (const auto activation : {Activation::None, Activation::Relu, Activation::Silu,
                                      Activation::Gelu, Activation::GeluTanh}) {
            SCOPED_TRACE(static_cast<int>(activation));
            compare(product, WeightFormat::F32, DType::F32, DType::F32,
                    {.bias = true, .activation = activation, .scale = 0.5F, .accumulate = true},
                    true);
        }
        compare(product, WeightFormat::BF16, DType::F32, DType::F32, {.bias = true}, false);
        compare(product, WeightFormat::F16, DType::F32, DType::F32, {.accumulate = true}, false);
        compare(product, WeightFormat::F16, DType::F32, DType::F32, {.scale = -2}, false);
    }
}

TEST_F(Linear, LongSumsStayWithinTolerance) {
    compare({1, 8192, 40}, WeightFormat::BF16, DType::F32, DType::F32, {}, false);
    compare({12, 4304, 33}, WeightFormat::F16, DType::F32, DType::F32, {}, false);
}

TEST_F(Linear, ActivationsReachTheirLimits) {
    const Matrix x(1, 1, {1});
    const std::vector<float> large = {-1e4F, -90, -20, 0, 20, 90, 1e4F};
    const Matrix w(7, 1, large);
    const Placed px = place(x, DType::F32);
    const WeightMatrix pw = OpTest::uploadWeights(w, WeightFormat::F32);
    for (const auto activation : {Activation::Silu, Activation::Gelu, Activation::GeluTanh}) {
        const Placed py = placeEmpty(1, 7, DType::F32);
        run([&](gpu::CommandStream& s) {
            linear(s, px.view, pw, py.view, {.activation = activation});
        });
        expectClose(read(py), Matrix(1, 7, {0, 0, 0, 0, 20, 90, 1e4F}),
                    {.relative = 1e-6, .absolute = 1e-5});
    }
}

TEST_F(Linear, WhatLiesBehindARowDoesNotMatter) {
    // Rows of 3 in a matrix of stride 8 whose gaps hold infinity: 0 * infinity would be NaN.
    for (const std::int64_t rows : {2, 12}) {
        Matrix wide(rows, 8);
        std::fill(wide.values.begin(), wide.values.end(), std::numeric_limits<float>::infinity());
        const Matrix x = randomMatrix(rows, 3, 5);
        for (std::int64_t t = 0; t < rows; ++t) {
            std::copy(x.row(t).begin(), x.row(t).end(), wide.row(t).begin());
        }
        const Matrix w = randomMatrix(10, 3, 6);
        const Placed px = place(wide, DType::F32);
        const Placed py = placeEmpty(rows, 10, DType::F32);
        const WeightMatrix pw = OpTest::uploadWeights(w, WeightFormat::F16);
        run([&](gpu::CommandStream& s) { linear(s, px.view.columnSlice(0, 3), pw, py.view); });
        expectClose(read(py), reference::linear(x, stored(w, DType::F16)), kSums);
    }
}

TEST_F(Linear, OneRowIsTheSameAloneAndAmongOthers) {
    // Verification of guessed tokens relies on it: up to 8 rows sum in the same order.
    const Matrix x = randomMatrix(8, 333, 7);
    const WeightMatrix pw = OpTest::uploadWeights(randomMatrix(90, 333, 8), WeightFormat::BF16);
    const Placed px = place(x, DType::F32);
    const Placed py = placeEmpty(8, 90, DType::F32);
    const Placed single = placeEmpty(8, 90, DType::F32);
    run([&](gpu::CommandStream& s) {
        linear(s, px.view, pw, py.view);
        for (std::int64_t t = 0; t < 8; ++t) {
            linear(s, px.view.rowSlice(t, 1), pw, single.view.rowSlice(t, 1));
        }
    });
    expectClose(read(py), read(single), kExact);
}

TEST_F(Linear, WorksPieceByPieceWhereBindingsAreSmall) {
    gpu::DeviceOptions options = gpuTestOptions();
    options.maxBindingBytes = 16384;
    const auto narrow = gpu::Device::open(options);
    constexpr std::int64_t kColumns = 24, kOutputs = 500;
    const Matrix w = randomMatrix(kOutputs, kColumns, 9);
    const std::vector<float> bias = randomVector(kOutputs, 10);
    const WeightMatrix pw =
        phial::uploadWeights(*narrow, w.values, kOutputs, kColumns, WeightFormat::F32, "narrow");
    ASSERT_GT(pw.pieces().size(), 2U);
    const Tensor pb = uploadFloats(*narrow, bias, {kOutputs}, DType::F32, "bias");
    for (const std::int64_t rows : {1, 8}) {
        const Matrix x = randomMatrix(rows, kColumns, 11);
        const Tensor px = uploadFloats(*narrow, x.values, {rows, kColumns}, DType::F32, "x");
        const Tensor py(*narrow, DType::F32, {rows, kOutputs}, "y");
        gpu::CommandStream stream(*narrow);
        linear(stream, px.view(), pw, py.view(), {.bias = pb.view()});
        stream.submitAndWait();
        expectClose(Matrix(rows, kOutputs, downloadFloats(*narrow, py.view())),
                    reference::linear(x, w, {.bias = bias}), sumsOf(kColumns));
    }
    EXPECT_TRUE(narrow->validationMessages().empty());
}

TEST_F(Linear, AnAdapterIsTwoCalls) {
    const Matrix x = randomMatrix(5, 64, 12, -1, 1);
    const Matrix w = randomMatrix(48, 64, 13, -1, 1);
    const Matrix a = randomMatrix(10, 64, 14, -1, 1);
    const Matrix b = randomMatrix(48, 10, 15, -1, 1);
    const Placed px = place(x, DType::F32);
    const Placed ph = placeEmpty(5, 10, DType::F32);
    const Placed py = placeEmpty(5, 48, DType::F32);
    const WeightMatrix pw = OpTest::uploadWeights(w, WeightFormat::F32);
    const WeightMatrix pa = OpTest::uploadWeights(a, WeightFormat::F32);
    const WeightMatrix pb = OpTest::uploadWeights(b, WeightFormat::F32);
    run([&](gpu::CommandStream& s) {
        linear(s, px.view, pw, py.view);
        linear(s, px.view, pa, ph.view);
        linear(s, ph.view, pb, py.view, {.scale = 2, .accumulate = Accumulate::Yes});
    });
    const Matrix base = reference::linear(x, w);
    const Matrix expected =
        reference::linear(reference::linear(x, a), b, {.scale = 2, .addTo = &base});
    expectClose(read(py), expected, {.relative = 1e-5, .absolute = 4e-5});
}

TEST_F(Linear, RefusesWhatDoesNotFit) {
    const WeightMatrix pw = OpTest::uploadWeights(randomMatrix(4, 8, 16), WeightFormat::F32);
    const Placed x = place(Matrix(2, 8), DType::F32);
    const Placed y = place(Matrix(2, 4), DType::F32);
    const Placed bias = placeVector(randomVector(3, 17));
    gpu::CommandStream s(device());
    EXPECT_THROW(linear(s, x.view.columnSlice(0, 7), pw, y.view), Error);
    EXPECT_THROW(linear(s, x.view, pw, y.view.columnSlice(0, 3)), Error);
    EXPECT_THROW(linear(s, x.view, pw, y.view.rowSlice(0, 1)), Error);
    EXPECT_THROW(linear(s, x.view, WeightMatrix(), y.view), Error);
    EXPECT_THROW(linear(s, x.view, pw, y.view, {.bias = bias.view}), Error);
    const WeightMatrix square = OpTest::uploadWeights(randomMatrix(8, 8, 18), WeightFormat::F32);
    EXPECT_THROW(linear(s, x.view, square, x.view), Error);
}

} // namespace
} // namespace phial::ops
