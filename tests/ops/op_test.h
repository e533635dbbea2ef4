// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/quant/packed_format.h"
#include "inference/reference/matrix.h"
#include "inference/tensor/tensor.h"
#include "inference/tensor/weight_matrix.h"
#include "tests/support/gpu_fixture.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

// What the tests of ops share: seeded data, placement of matrices in device memory with offsets and
// gaps, and comparison with the reference.
namespace phial::ops {

using reference::Matrix;

/// Uniform values in [low, high), the same on every machine for the same seed.
Matrix randomMatrix(std::int64_t rows, std::int64_t columns, std::uint32_t seed, float low = -2,
                    float high = 2);
std::vector<float> randomVector(std::int64_t count, std::uint32_t seed, float low = -2,
                                float high = 2);
/// The numbers 0 .. count-1 in a random order.
std::vector<std::int32_t> shuffled(std::int64_t count, std::uint32_t seed);

/// How a matrix lies in its tensor: elements in front of it, and unused elements behind each row.
struct Placement {
    std::int64_t offset = 0;
    std::int64_t gap = 0;
};

/// A matrix in device memory. Everything around it holds kGapValue.
struct Placed {
    Tensor tensor;
    TensorView view;
};

/// One combination that an op is tried with.
struct OpCase {
    std::int64_t rows = 1;
    std::int64_t columns = 1;
    DType input = DType::F32;
    DType output = DType::F32;
    Placement in;
    Placement out;
};

/// A device value may differ from the reference by absolute + relative * |reference|.
struct Tolerance {
    double relative = 0;
    double absolute = 0;
};

/// Equal bits.
inline constexpr Tolerance kExact = {};
/// A handful of fp32 roundings, in another order than the reference's.
inline constexpr Tolerance kFewRoundings = {.relative = 2e-6, .absolute = 1e-6};
/// fp32 sums over a row, exp, division and inversesqrt with the few ulp that Vulkan allows them.
inline constexpr Tolerance kSums = {.relative = 1e-5, .absolute = 1e-5};

/// `f32` widened by one step of the result's type: drivers may round F16 either way (2^-10) and
/// flush its subnormals (6.1e-5) to zero.
Tolerance toleranceFor(DType output, Tolerance f32);

void expectClose(const Matrix& actual, const Matrix& expected, Tolerance tolerance);

class OpTest : public GpuTest {
protected:
    /// Calls `body` for odd and even shapes, with and without offsets and gaps. Input and output
    /// types take all combinations of `types`; those with F16 are left out without 16-bit storage.
    enum class Types { F32Only, WithF16 };
    void forEachCase(Types types, const std::function<void(const OpCase&)>& body);
    /// The shapes themselves, for ops with dimensions of their own.
    static std::vector<std::pair<std::int64_t, std::int64_t>> shapes();

    bool hasF16();

    /// Uploads a matrix; F16 and BF16 round it, so give `stored()` to the reference.
    Placed place(const Matrix& values, DType dtype, Placement placement = {});
    /// Room for a result, filled with kGapValue.
    Placed placeEmpty(std::int64_t rows, std::int64_t columns, DType dtype,
                      Placement placement = {});
    Placed placeVector(std::span<const float> values, std::int64_t offset = 0);
    Placed placeInts(std::span<const std::int32_t> values, std::int64_t offset = 0);
    WeightMatrix uploadWeights(const Matrix& values, WeightFormat format);

    /// A packed matrix of random codes and scales, on the device, and what it stands for.
    struct PackedWeights {
        WeightMatrix device;
        Matrix decoded;
    };

    PackedWeights randomPacked(const quant::PackedFormat& format, std::int64_t rows,
                               std::int64_t columns, std::uint32_t seed);
    PackedWeights randomPacked(gpu::Device& on, const quant::PackedFormat& format,
                               std::int64_t rows, std::int64_t columns, std::uint32_t seed);
    /// Every packed format that a package may hold.
    static std::vector<quant::PackedFormat> packedFormats();

    /// The values as the type keeps them.
    static Matrix stored(const Matrix& values, DType dtype);

    /// Records what `body` asks for, runs it, and waits.
    void run(const std::function<void(gpu::CommandStream&)>& body);

    /// Reads a placed matrix back; fails the test where anything around it has changed.
    Matrix read(const Placed& placed);
};

/// A device of the test's own, which must leave no validation message. Parameter: features that are
/// left off, or an empty text.
class WithoutFeatures : public OpTest, public ::testing::WithParamInterface<const char*> {
protected:
    void SetUp() override;
    void TearDown() override;

    std::unique_ptr<gpu::Device> m_device;
};

} // namespace phial::ops
