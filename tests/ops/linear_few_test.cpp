// SPDX-License-Identifier: MIT
// The shaders for few rows with what they fuse, a norm in front and a gated unit behind, on a
// device with lanes and on one without; judged by the CPU references.
#include "inference/base/error.h"
#include "inference/ops/linear.h"
#include "inference/reference/gated.h"
#include "inference/reference/linear.h"
#include "inference/reference/rms_norm.h"
#include "inference/tensor/transfer.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace phial::ops {
namespace {

using quant::Coding;

constexpr float kEpsilon = 1e-5F;

/// A weight of one format, on the device, and the numbers it stands for.
struct Weights {
    WeightMatrix device;
    Matrix values;
};

class LinearFew : public WithoutFeatures {
protected:
    Weights weights(const std::optional<quant::PackedFormat>& packing, WeightFormat format,
                    std::int64_t rows, std::int64_t columns) {
        if (packing) {
            PackedWeights w = randomPacked(*m_device, *packing, rows, columns, 2);
            return {std::move(w.device), std::move(w.decoded)};
        }
        const DType type = elementType(format);
        const Matrix values = stored(randomMatrix(rows, columns, 2, -1, 1), type);
        return {phial::uploadWeights(*m_device, values.values, rows, columns, format, "weights"),
                values};
    }

    /// A matrix on this device, its rows `gap` further apart than they are long, behind `offset`
    /// elements; everything around it is large.
    struct Held {
        Tensor tensor;
        TensorView view;
    };

    Held hold(const Matrix& values, std::int64_t offset, std::int64_t gap) {
        const std::int64_t stride = values.columns + gap;
        Matrix wide(1, offset + values.rows * stride + 1);
        std::fill(wide.values.begin(), wide.values.end(), 1e30F);
        for (std::int64_t t = 0; t < values.rows; ++t) {
            std::copy(values.row(t).begin(), values.row(t).end(),
                      wide.values.begin() + offset + t * stride);
        }
        Held held{uploadFloats(*m_device, wide.values, {wide.columns}, DType::F32, "x"), {}};
        held.view = held.tensor.view();
        held.view.shape = {values.rows, values.columns};
        held.view.elementOffset = offset;
        held.view.rowStride = stride;
        return held;
    }

    Matrix fetch(const Tensor& tensor) {
        return Matrix(tensor.shape()[0], tensor.shape()[1],
                      downloadFloats(*m_device, tensor.view()));
    }

    void submit(const std::function<void(gpu::CommandStream&)>& body) {
        gpu::CommandStream s(*m_device);
        body(s);
        s.submitAndWait();
    }

    static Tolerance sums(std::int64_t columns, double factor) {
        return {.relative = 4e-6 * factor,
                .absolute = factor * (2e-7 * static_cast<double>(columns) + 4e-6)};
    }

    /// A product of two sums: an error of one is multiplied by the other.
    static Tolerance products(std::int64_t columns, double factor) {
        return sums(columns, factor * 2 * std::sqrt(static_cast<double>(columns)));
    }

    /// y = scale * gated(norm(x) W^T)
    void compareBoth(const Weights& w, const Matrix& x, std::int64_t offset, std::int64_t gap) {
        SCOPED_TRACE(std::to_string(x.rows) + "x" + std::to_string(x.columns) + " to " +
                     std::to_string(w.values.rows) + ", offset " + std::to_string(offset) +
                     ", gap " + std::to_string(gap));
        const std::int64_t half = w.values.rows / 2;
        const std::vector<float> gain = randomVector(x.columns, 3, 0.5F, 1.5F);
        const std::vector<float> scale = randomVector(half, 4, 0.5F, 1.5F);
        const Held px = hold(x, offset, gap);
        const Held pg = hold(Matrix(1, x.columns, gain), offset, 0);
        const Held ps = hold(Matrix(1, half, scale), 3, 0);
        const Tensor y(*m_device, DType::F32, {x.rows, half}, "y");
        submit([&](gpu::CommandStream& s) {
            linearGated(s, px.view, w.device, y.view(),
                        {.norm = InputNorm{pg.view, kEpsilon}, .outputScale = ps.view});
        });
        expectClose(
            fetch(y),
            reference::gated(reference::linear(reference::rmsNorm(x, gain, kEpsilon), w.values),
                             reference::GateHalf::First, {}, {}, scale),
            products(x.columns, 2));
    }

    /// The norm alone, the gate alone, neither, and both.
    void compare(const Weights& w, const Matrix& x, std::int64_t offset, std::int64_t gap) {
        compareBoth(w, x, offset, gap);
        const std::vector<float> gain = randomVector(x.columns, 3, 0.5F, 1.5F);
        const Held px = hold(x, offset, gap);
        const Held pg = hold(Matrix(1, x.columns, gain), offset, 0);
        const Tensor plain(*m_device, DType::F32, {x.rows, w.values.rows}, "y");
        const Tensor normed(*m_device, DType::F32, {x.rows, w.values.rows}, "y");
        const Tensor gated(*m_device, DType::F32, {x.rows, w.values.rows / 2}, "y");
        submit([&](gpu::CommandStream& s) {
            linear(s, px.view, w.device, plain.view());
            linear(s, px.view, w.device, normed.view(), {.norm = InputNorm{pg.view, kEpsilon}});
            linearGated(s, px.view, w.device, gated.view());
        });
        const Matrix expected = reference::linear(x, w.values);
        expectClose(fetch(plain), expected, sums(x.columns, 1));
        expectClose(fetch(normed),
                    reference::linear(reference::rmsNorm(x, gain, kEpsilon), w.values),
                    sums(x.columns, 2));
        expectClose(fetch(gated), reference::gated(expected, reference::GateHalf::First),
                    products(x.columns, 1));
    }
};

TEST_P(LinearFew, NormsAndGatesEveryFormat) {
    for (const WeightFormat format : {WeightFormat::F32, WeightFormat::F16, WeightFormat::BF16}) {
        SCOPED_TRACE(dtypeName(elementType(format)));
        compare(weights({}, format, 70, 136), randomMatrix(1, 136, 1, -1, 1), 0, 0);
        compare(weights({}, format, 34, 75), randomMatrix(3, 75, 1, -1, 1), 5, 3);
    }
    // One pipeline for each packed format; compiling is what this test costs.
    bool odd = false;
    for (const quant::PackedFormat& format : packedFormats()) {
        SCOPED_TRACE("coding " + std::to_string(static_cast<int>(format.coding)) + ", " +
                     std::to_string(format.bits) + " bits, group " + std::to_string(format.group));
        odd = !odd;
        const std::int64_t columns = odd ? 75 : 392;
        compareBoth(weights(format, {}, 34, columns), randomMatrix(1, columns, 1, -1, 1),
                    odd ? 5 : 8, 0);
    }
}

TEST_P(LinearFew, NormsAndGatesOddShapes) {
    constexpr quant::PackedFormat kSq4 = {Coding::Sq, 4, 32};
    compare(weights(kSq4, {}, 130, 333), randomMatrix(1, 333, 5, -1, 1), 1, 2);
    compare(weights(kSq4, {}, 18, 320), randomMatrix(1, 320, 6, -1, 1), 16, 8);
    for (std::int64_t rows = 2; rows <= kFewRows; ++rows) {
        compareBoth(weights(kSq4, {}, 130, 333), randomMatrix(rows, 333, 5, -1, 1), 1, 2);
        compareBoth(weights(kSq4, {}, 18, 320), randomMatrix(rows, 320, 6, -1, 1), 16, 8);
    }
    compare(weights(kSq4, {}, 2, 1), randomMatrix(1, 1, 7, -1, 1), 0, 0);
    // Rows whole pages apart, which are cut otherwise.
    compare(weights(kSq4, {}, 66, 8192), randomMatrix(1, 8192, 8, -1, 1), 0, 0);
}

TEST_P(LinearFew, ANormSeesLargeAndSmallRowsAlike) {
    // The factor of the norm comes behind the sum: rows whose squares are large must not suffer.
    constexpr quant::PackedFormat kSq4 = {Coding::Sq, 4, 32};
    const Weights w = weights(kSq4, {}, 40, 200);
    const std::vector<float> gain(200, 1.0F);
    Matrix x = randomMatrix(4, 200, 9, -1, 1);
    for (std::int64_t t = 0; t < 4; ++t) {
        for (float& value : x.row(t)) {
            value *= std::array{1e-20F, 1e-6F, 1e4F, 1e15F}.at(static_cast<std::size_t>(t));
        }
    }
    const Held px = hold(x, 0, 0);
    const Held pg = hold(Matrix(1, 200, gain), 0, 0);
    const Tensor y(*m_device, DType::F32, {4, 40}, "y");
    submit([&](gpu::CommandStream& s) {
        linear(s, px.view, w.device, y.view(), {.norm = InputNorm{pg.view, kEpsilon}});
    });
    expectClose(fetch(y), reference::linear(reference::rmsNorm(x, gain, kEpsilon), w.values),
                {.relative = 1e-5, .absolute = 1e-4});
}

TEST_P(LinearFew, OneRowIsTheSameAloneAndAmongOthers) {
    for (const quant::PackedFormat& format :
         {quant::PackedFormat{Coding::Sq, 4, 32}, quant::PackedFormat{Coding::Sq, 6, 32}}) {
        const Weights w = weights(format, {}, 90, 333);
        const std::vector<float> gain = randomVector(333, 3);
        const Held px = hold(randomMatrix(8, 333, 7, -1, 1), 0, 0);
        const Held pg = hold(Matrix(1, 333, gain), 0, 0);
        const InputNorm norm{pg.view, kEpsilon};
        const Tensor together(*m_device, DType::F32, {8, 45}, "y");
        const Tensor alone(*m_device, DType::F32, {8, 45}, "y");
        submit([&](gpu::CommandStream& s) {
            linearGated(s, px.view, w.device, together.view(), {.norm = norm});
            for (std::int64_t t = 0; t < 8; ++t) {
                linearGated(s, px.view.rowSlice(t, 1), w.device, alone.view().rowSlice(t, 1),
                            {.norm = norm});
            }
        });
        expectClose(fetch(together), fetch(alone), kExact);
    }
}

TEST_P(LinearFew, RefusesWhatDoesNotFit) {
    const Weights w = weights({}, WeightFormat::F32, 6, 8);
    const Held few = hold(Matrix(2, 8), 0, 0);
    const Held many = hold(Matrix(9, 8), 0, 0);
    const Held gain = hold(Matrix(1, 8), 0, 0);
    const Tensor y(*m_device, DType::F32, {9, 6}, "y");
    const TensorView gatedRows = y.view().columnSlice(0, 3);
    gpu::CommandStream s(*m_device);
    EXPECT_THROW(linear(s, many.view, w.device, y.view(), {.norm = InputNorm{gain.view, kEpsilon}}),
                 Error);
    EXPECT_THROW(linear(s, few.view, w.device, y.view().rowSlice(0, 2),
                        {.norm = InputNorm{gain.view.columnSlice(0, 7), kEpsilon}}),
                 Error);
    EXPECT_THROW(linearGated(s, many.view, w.device, gatedRows), Error);
    EXPECT_THROW(linearGated(s, few.view, w.device, y.view().rowSlice(0, 2)), Error);
    EXPECT_THROW(linearGated(s, few.view, w.device, gatedRows.rowSlice(0, 2),
                             {.outputScale = gain.view.columnSlice(0, 2)}),
                 Error);
    EXPECT_THROW(linearGated(s, few.view, weights({}, WeightFormat::F32, 7, 8).device,
                             y.view().rowSlice(0, 2).columnSlice(0, 3)),
                 Error);
}

INSTANTIATE_TEST_SUITE_P(Devices, LinearFew, ::testing::Values("", "subgroup"),
                         [](const auto& device) {
                             return std::string(device.param).empty() ? "Whole"
                                                                      : "WithoutSubgroups";
                         });

} // namespace
} // namespace phial::ops
