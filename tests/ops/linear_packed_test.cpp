// SPDX-License-Identifier: MIT
// linear() straight from the planes of quantized packages, judged by the CPU decoder.
#include "inference/ops/linear.h"
#include "inference/reference/linear.h"
#include "inference/tensor/transfer.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

#include <string>

namespace phial::ops {
namespace {

using quant::Coding;

constexpr quant::PackedFormat kSq4 = {Coding::Sq, 4, 32};
constexpr quant::PackedFormat kSq8 = {Coding::Sq, 8, 32};

class LinearPacked : public OpTest {
protected:
    /// Weights lie in (-1, 1) as in the tests of Linear; scale times code plus offset adds one
    /// rounding per weight.
    static Tolerance sumsOf(std::int64_t columns) {
        return {.relative = 2e-6, .absolute = 9e-8 * static_cast<double>(columns) + 2e-6};
    }

    void compare(const quant::PackedFormat& format, std::int64_t rows, std::int64_t columns,
                 std::int64_t outputs, DType input = DType::F32, DType output = DType::F32) {
        SCOPED_TRACE("coding " + std::to_string(static_cast<int>(format.coding)) + ", " +
                     std::to_string(format.bits) + " bits, group " + std::to_string(format.group) +
                     ": " + std::to_string(rows) + "x" + std::to_string(columns) + " to " +
                     std::to_string(outputs));
        const Matrix x = stored(randomMatrix(rows, columns, 1, -1, 1), input);
        const PackedWeights w = randomPacked(format, outputs, columns, 2);
        const Placed px = place(x, input, {3, 5});
        const Placed py = placeEmpty(rows, outputs, output, {7, 2});
        run([&](gpu::CommandStream& s) { linear(s, px.view, w.device, py.view); });
        expectClose(read(py), reference::linear(x, w.decoded),
                    toleranceFor(output, sumsOf(columns)));
    }
};

TEST_F(LinearPacked, MatchesReferenceForEveryFormat) {
    for (const quant::PackedFormat& format : packedFormats()) {
        compare(format, 1, 588, 67);
        compare(format, 7, 96, 33);
        compare(format, 33, 200, 65);
    }
}

TEST_F(LinearPacked, MatchesReferenceForOddShapes) {
    for (std::int64_t rows = 1; rows <= 9; ++rows) {
        compare(kSq4, rows, 4304, 21);
    }
    compare(kSq4, 33, 4304, 130);
    compare(kSq4, 70, 72, 5);
    compare(kSq4, 1, 1, 1);
    compare(kSq4, 17, 3, 64);
    compare(kSq8, 1, 4304, 9);
    compare(kSq8, 33, 588, 130);
    compare({Coding::Affine, 4, 128}, 2, 4304, 9);
}

TEST_F(LinearPacked, TakesEveryTypeOfActivation) {
    if (!hasF16()) {
        GTEST_SKIP() << "no 16-bit storage";
    }
    for (const DType input : {DType::F32, DType::F16}) {
        for (const DType output : {DType::F32, DType::F16}) {
            compare(kSq4, 3, 75, 21, input, output);
            compare(kSq4, 37, 75, 70, input, output);
        }
    }
}

TEST_F(LinearPacked, AppliesBiasActivationScaleAndAccumulates) {
    for (const std::int64_t rows : {1, 20}) {
        const Matrix x = randomMatrix(rows, 40, 3, -1, 1);
        const Matrix before = randomMatrix(rows, 70, 4);
        const std::vector<float> bias = randomVector(70, 5);
        const PackedWeights w = randomPacked(kSq8, 70, 40, 6);
        const Placed px = place(x, DType::F32);
        const Placed py = place(before, DType::F32);
        const Placed pb = placeVector(bias, 5);
        run([&](gpu::CommandStream& s) {
            linear(s, px.view, w.device, py.view,
                   {.bias = pb.view,
                    .activation = Activation::Silu,
                    .scale = 0.5F,
                    .accumulate = Accumulate::Yes});
        });
        expectClose(read(py),
                    reference::linear(x, w.decoded,
                                      {.bias = bias,
                                       .activation = reference::LinearActivation::Silu,
                                       .scale = 0.5F,
                                       .addTo = &before}),
                    sumsOf(40));
    }
}

TEST_F(LinearPacked, OneRowIsTheSameAloneAndAmongOthers) {
    // Verification of guessed tokens relies on it: up to 8 rows sum in the same order.
    const Matrix x = randomMatrix(8, 333, 7);
    const PackedWeights w = randomPacked(kSq4, 90, 333, 8);
    const Placed px = place(x, DType::F32);
    const Placed py = placeEmpty(8, 90, DType::F32);
    const Placed single = placeEmpty(8, 90, DType::F32);
    run([&](gpu::CommandStream& s) {
        linear(s, px.view, w.device, py.view);
        for (std::int64_t t = 0; t < 8; ++t) {
            linear(s, px.view.rowSlice(t, 1), w.device, single.view.rowSlice(t, 1));
        }
    });
    expectClose(read(py), read(single), kExact);
}

TEST_F(LinearPacked, MatchesReferenceWithoutSubgroupsToo) {
    // The tiled shader, which the software device leaves aside for another.
    gpu::DeviceOptions options = gpuTestOptions();
    options.disable = "subgroup";
    const auto plain = gpu::Device::open(options);
    for (const quant::PackedFormat& format : {kSq4, quant::PackedFormat{Coding::Nf4, 4, 64}}) {
        for (const std::int64_t rows : {9, 20, 37}) {
            constexpr std::int64_t kColumns = 200, kOutputs = 70;
            const PackedWeights w = randomPacked(*plain, format, kOutputs, kColumns, 9);
            const Matrix x = randomMatrix(rows, kColumns, 11, -1, 1);
            const Tensor px = uploadFloats(*plain, x.values, {rows, kColumns}, DType::F32, "x");
            const Tensor py(*plain, DType::F32, {rows, kOutputs}, "y");
            gpu::CommandStream stream(*plain);
            linear(stream, px.view(), w.device, py.view());
            stream.submitAndWait();
            expectClose(Matrix(rows, kOutputs, downloadFloats(*plain, py.view())),
                        reference::linear(x, w.decoded), sumsOf(kColumns));
        }
    }
    EXPECT_TRUE(plain->validationMessages().empty());
}

TEST_F(LinearPacked, WorksPieceByPieceWhereBindingsAreSmall) {
    gpu::DeviceOptions options = gpuTestOptions();
    options.maxBindingBytes = 16384;
    const auto narrow = gpu::Device::open(options);
    constexpr std::int64_t kColumns = 100, kOutputs = 400;
    for (const quant::PackedFormat& format : {kSq8, quant::PackedFormat{Coding::Affine, 5, 64}}) {
        const PackedWeights w = randomPacked(*narrow, format, kOutputs, kColumns, 9);
        ASSERT_GT(w.device.pieces().size(), 2U);
        for (const std::int64_t rows : {1, 9}) {
            const Matrix x = randomMatrix(rows, kColumns, 11, -1, 1);
            const Tensor px = uploadFloats(*narrow, x.values, {rows, kColumns}, DType::F32, "x");
            const Tensor py(*narrow, DType::F32, {rows, kOutputs}, "y");
            gpu::CommandStream stream(*narrow);
            linear(stream, px.view(), w.device, py.view());
            stream.submitAndWait();
            expectClose(Matrix(rows, kOutputs, downloadFloats(*narrow, py.view())),
                        reference::linear(x, w.decoded), sumsOf(kColumns));
        }
    }
    EXPECT_TRUE(narrow->validationMessages().empty());
}

} // namespace
} // namespace phial::ops
