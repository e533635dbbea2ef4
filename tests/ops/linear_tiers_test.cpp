// SPDX-License-Identifier: MIT
// Kernels of matrix products that a device may leave aside for quicker ones, each chosen by name
// and judged by the CPU reference; skipped where the device or the build lacks them.
#include "inference/ops/linear.h"
#include "inference/ops/linear_choice.h"
#include "inference/reference/linear.h"
#include "inference/tensor/transfer.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace phial::ops {
namespace {

using quant::Coding;

constexpr quant::PackedFormat kSq4 = {Coding::Sq, 4, 32};

/// What a kernel may be off by for `columns` terms of weights and x in (-1, 1). Sums are fp32: as
/// in the tests of packed weights. Cooperative matrices take weights rounded to fp16, each off by
/// up to 2^-12 with either sign, so K of them by about sqrt(K/3) * 2^-12; dot products take x
/// rounded to 1/127 of the largest of 32, each off by up to 1/254, so K of them by about sqrt(K) /
/// 254 / 3. The worst of many outputs lies within five times that.
Tolerance toleranceOf(LinearKernel kernel, std::int64_t columns) {
    const double terms = static_cast<double>(columns);
    Tolerance sums{.relative = 2e-6, .absolute = 9e-8 * terms + 2e-6};
    if (kernel == LinearKernel::Half) {
        // Every sum of up to 16 is off by up to 2^-11 of about 4 * 1/3, weights as above.
        sums.absolute += 5 * std::sqrt(terms) * 4 / 3 * 0x1p-12;
    } else if (kernel == LinearKernel::Matrix) {
        sums.absolute += 5 * std::sqrt(terms / 3) * 0x1p-12;
    } else if (roundsInput(kernel)) {
        sums.absolute += 5 * std::sqrt(terms) / 254 / 3;
    }
    return sums;
}

/// Parameter: the name of the kernel and its cut.
class LinearTiers : public OpTest, public ::testing::WithParamInterface<LinearChoice> {
protected:
    void SetUp() override {
        OpTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        gpu::DeviceOptions options = gpuTestOptions();
        options.prefer = "matrix,half,dot"; // where the device has them at all
        m_device = gpu::Device::open(options);
        for (const LinearClass& products : linearClasses()) {
            if (canRun(m_device->info(), GetParam(), products)) {
                m_forced.push_back(std::make_unique<ForcedLinear>(*m_device, products, GetParam()));
            }
        }
    }

    void TearDown() override {
        if (m_device != nullptr) {
            EXPECT_TRUE(m_device->validationMessages().empty());
        }
        OpTest::TearDown();
    }

    bool runs(const WeightMatrix& weight, std::int64_t rows, DType x) {
        return canRun(m_device->info(), GetParam(), linearClass(rows, weight, weight.rows(), x));
    }

    struct Case {
        std::int64_t rows = 1;
        DType input = DType::F16;
        DType output = DType::F16;
        bool epilogue = false; ///< bias, activation, scale, accumulation
        std::int64_t offset = 0;
        std::int64_t gap = 0;
    };

    /// A matrix on this device; what surrounds its rows is infinite.
    struct Held {
        Tensor tensor;
        TensorView view;
    };

    Held hold(const Matrix& values, DType type, std::int64_t offset, std::int64_t gap) {
        const std::int64_t stride = values.columns + gap;
        Matrix wide(1, offset + values.rows * stride + 1);
        std::fill(wide.values.begin(), wide.values.end(), std::numeric_limits<float>::infinity());
        for (std::int64_t t = 0; t < values.rows; ++t) {
            std::copy(values.row(t).begin(), values.row(t).end(),
                      wide.values.begin() + offset + t * stride);
        }
        Held held{uploadFloats(*m_device, wide.values, {wide.columns}, type, "x"), {}};
        held.view = held.tensor.view();
        held.view.shape = {values.rows, values.columns};
        held.view.elementOffset = offset;
        held.view.rowStride = stride;
        return held;
    }

    void compare(const WeightMatrix& weight, const Matrix& decoded, const Case& c) {
        if (!runs(weight, c.rows, c.input)) {
            return;
        }
        m_compared = true;
        const std::int64_t columns = weight.columns();
        SCOPED_TRACE(std::to_string(c.rows) + "x" + std::to_string(columns) + " to " +
                     std::to_string(weight.rows()) + ", " + std::string(dtypeName(c.input)) +
                     " to " + std::string(dtypeName(c.output)) + ", offset " +
                     std::to_string(c.offset));
        const Matrix x = stored(randomMatrix(c.rows, columns, 1, -1, 1), c.input);
        const Matrix before = stored(randomMatrix(c.rows, weight.rows(), 4), c.output);
        const std::vector<float> bias = randomVector(weight.rows(), 3);
        const Held px = hold(x, c.input, c.offset, c.gap);
        const Tensor py =
            uploadFloats(*m_device, before.values, {c.rows, weight.rows()}, c.output, "y");
        const Tensor pb = uploadFloats(*m_device, bias, {weight.rows()}, DType::F32, "bias");
        LinearOptions options;
        reference::LinearExtras extras;
        if (c.epilogue) {
            options = {.bias = pb.view(),
                       .activation = Activation::Silu,
                       .scale = 0.5F,
                       .accumulate = Accumulate::Yes};
            extras = {.bias = bias,
                      .activation = reference::LinearActivation::Silu,
                      .scale = 0.5F,
                      .addTo = &before};
        }
        gpu::CommandStream s(*m_device);
        linear(s, px.view, weight, py.view(), options);
        s.submitAndWait();
        expectClose(Matrix(c.rows, weight.rows(), downloadFloats(*m_device, py.view())),
                    reference::linear(x, decoded, extras),
                    toleranceFor(c.output, toleranceOf(GetParam().kernel, columns)));
    }

    /// 2 and 8 rows, added to a residual, against the same rows one by one.
    void compareAlone(const WeightMatrix& weight) {
        const DType type = types().front();
        if (!runs(weight, 1, type)) {
            return;
        }
        m_compared = true;
        const Matrix x = stored(randomMatrix(8, weight.columns(), 1, -1, 1), type);
        const Matrix before = randomMatrix(8, weight.rows(), 4);
        const Held px = hold(x, type, 0, 8);
        const auto residual = [&] {
            return uploadFloats(*m_device, before.values, {8, weight.rows()}, DType::F32, "y");
        };
        const LinearOptions options{.scale = 0.7F, .accumulate = Accumulate::Yes};
        const Tensor alone = residual();
        gpu::CommandStream s(*m_device);
        for (std::int64_t t = 0; t < 8; ++t) {
            linear(s, px.view.rowSlice(t, 1), weight, alone.view().rowSlice(t, 1), options);
        }
        s.submitAndWait();
        const std::vector<float> expected = downloadFloats(*m_device, alone.view());
        for (const std::int64_t rows : {2, 8}) {
            const Tensor together = residual();
            for (std::int64_t t = 0; t < 8; t += rows) {
                linear(s, px.view.rowSlice(t, rows), weight, together.view().rowSlice(t, rows),
                       options);
            }
            s.submitAndWait();
            EXPECT_EQ(downloadFloats(*m_device, together.view()), expected) << rows << " rows";
        }
    }

    void comparePlain(WeightFormat format, std::int64_t columns, std::int64_t outputs,
                      const Case& c) {
        const Matrix values = stored(randomMatrix(outputs, columns, 2, -1, 1), elementType(format));
        compare(phial::uploadWeights(*m_device, values.values, outputs, columns, format, "weights"),
                values, c);
    }

    void comparePacked(const quant::PackedFormat& format, std::int64_t columns,
                       std::int64_t outputs, const Case& c) {
        SCOPED_TRACE("coding " + std::to_string(static_cast<int>(format.coding)) + ", " +
                     std::to_string(format.bits) + " bits");
        const PackedWeights w = randomPacked(*m_device, format, outputs, columns, 2);
        compare(w.device, w.decoded, c);
    }

    void skipUnlessCompared() {
        if (!m_compared && !HasFailure()) {
            GTEST_SKIP() << "this device or build has no " << GetParam().name;
        }
    }

    std::vector<DType> types() {
        return m_device->info().features.storage16 ? std::vector{DType::F16, DType::F32}
                                                   : std::vector{DType::F32};
    }

    std::unique_ptr<gpu::Device> m_device;
    std::vector<std::unique_ptr<ForcedLinear>> m_forced; // before the device goes
    bool m_compared = false;
};

/// Every kernel with every cut. Few pipelines, because compiling is what this test costs.
class LinearChoices : public LinearTiers {};

TEST_P(LinearChoices, MatchesReferenceAroundTheEdgesOfTiles) {
    const DType type = types().front();
    for (const std::int64_t rows : {1, 9, 33, 130}) {
        const Case c{.rows = rows, .input = type, .output = type};
        if (roundsInput(GetParam().kernel)) {
            comparePacked(kSq4, 200, 131, c);
        } else {
            comparePlain(WeightFormat::F16, 200, 131, c);
        }
    }
    skipUnlessCompared();
}

TEST_P(LinearChoices, ARowHasTheBitsThatItHasAlone) {
    // Verification of guessed tokens relies on it.
    if (GetParam().kernel == LinearKernel::Dot) {
        compareAlone(randomPacked(*m_device, kSq4, 131, 200, 2).device);
    } else {
        const Matrix w = randomMatrix(131, 200, 2, -1, 1);
        compareAlone(
            phial::uploadWeights(*m_device, w.values, 131, 200, WeightFormat::F16, "weights"));
    }
    skipUnlessCompared();
}

/// Kernels for few rows.
class LinearFewChoices : public LinearTiers {};

TEST_P(LinearFewChoices, ARowOfEveryFormatHasTheBitsThatItHasAlone) {
    if (GetParam().kernel != LinearKernel::Dot) {
        const Matrix w = randomMatrix(70, 75, 2, -1, 1);
        compareAlone(
            phial::uploadWeights(*m_device, w.values, 70, 75, WeightFormat::F32, "weights"));
    }
    for (const quant::PackedFormat& format :
         {kSq4, quant::PackedFormat{Coding::Sq, 3, 32}, quant::PackedFormat{Coding::Nf4, 4, 64}}) {
        compareAlone(randomPacked(*m_device, format, 90, 333, 2).device);
    }
    skipUnlessCompared();
}

TEST_P(LinearTiers, MatchesReferenceForOddShapes) {
    // Around every edge: octets, steps of 16 and 32, and tiles.
    for (const DType input : types()) {
        for (const std::int64_t rows : {1, 9, 33, 70}) {
            comparePlain(WeightFormat::F16, 75, 70, {.rows = rows, .input = input});
            comparePacked(kSq4, 200, 131, {.rows = rows, .input = input});
        }
        comparePlain(WeightFormat::F16, 1, 1, {.rows = 9, .input = input});
        comparePlain(WeightFormat::F16, 32, 128, {.rows = 128, .input = input});
        comparePlain(WeightFormat::BF16, 17, 33, {.rows = 20, .input = input});
        comparePlain(WeightFormat::F32, 17, 33, {.rows = 20, .input = input});
        comparePacked(kSq4, 4304, 37, {.rows = 33, .input = input});
        comparePacked(kSq4, 4304, 37, {.rows = 1, .input = input});
        // Above kShortOutputs.
        comparePacked(kSq4, 40, 1030, {.rows = 12, .input = input});
        comparePacked(kSq4, 40, 1030, {.rows = 2, .input = input});
    }
    skipUnlessCompared();
}

TEST_P(LinearTiers, MatchesReferenceForOtherFormats) {
    // The codes themselves are read by what every kernel shares: one of each way of packing them.
    for (const quant::PackedFormat& format :
         {quant::PackedFormat{Coding::Sq, 3, 32}, quant::PackedFormat{Coding::Sq, 8, 32},
          quant::PackedFormat{Coding::Affine, 5, 64}, quant::PackedFormat{Coding::Nf4, 4, 64}}) {
        for (const std::int64_t rows : {2, 20}) {
            comparePacked(format, 200, 40, {.rows = rows, .output = DType::F32});
        }
    }
    skipUnlessCompared();
}

TEST_P(LinearTiers, AppliesBiasActivationScaleAndAccumulates) {
    for (const DType input : types()) {
        for (const DType output : types()) {
            const Case c{.rows = 40, .input = input, .output = output, .epilogue = true};
            comparePlain(WeightFormat::F16, 48, 70, c);
            comparePacked(kSq4, 48, 70, c);
            Case few = c;
            few.rows = 2;
            comparePacked(kSq4, 48, 70, few);
        }
    }
    skipUnlessCompared();
}

TEST_P(LinearTiers, RowsMayLieAnywhere) {
    for (const DType input : types()) {
        for (const std::int64_t rows : {2, 40}) {
            const Case odd{.rows = rows, .input = input, .offset = 3, .gap = 5};
            comparePlain(WeightFormat::F16, 27, 33, odd);
            comparePlain(WeightFormat::F16, 64, 33, odd);
            comparePacked(kSq4, 64, 33, odd);
            // Eight at a time, with something behind each row.
            const Case even{.rows = rows, .input = input, .offset = 8, .gap = 8};
            comparePlain(WeightFormat::F16, 64, 33, even);
            comparePlain(WeightFormat::F16, 40, 33, even);
            comparePacked(kSq4, 40, 33, even);
        }
    }
    skipUnlessCompared();
}

std::string testName(const ::testing::TestParamInfo<LinearChoice>& info) {
    std::string name;
    for (const char c : info.param.name) {
        name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    }
    return name;
}

INSTANTIATE_TEST_SUITE_P(Choices, LinearChoices,
                         ::testing::ValuesIn(linearChoices().begin(), linearChoices().end()),
                         testName);

// Kernels that the other tests of linear() reach on no software device.
INSTANTIATE_TEST_SUITE_P(Kernels, LinearTiers,
                         ::testing::Values(*findLinearChoice("matrix 32x32"),
                                           *findLinearChoice("half 32x64"),
                                           *findLinearChoice("dot 32, 4"),
                                           *findLinearChoice("dot 32x64")),
                         testName);

INSTANTIATE_TEST_SUITE_P(Kernels, LinearFewChoices,
                         ::testing::Values(*findLinearChoice("vector lanes"),
                                           *findLinearChoice("vector subgroup, 8"),
                                           *findLinearChoice("vector 64, 4"),
                                           *findLinearChoice("dot 32, 4")),
                         testName);

} // namespace
} // namespace phial::ops
