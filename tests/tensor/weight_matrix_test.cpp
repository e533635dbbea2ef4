// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/tensor/transfer.h"
#include "inference/tensor/weight_matrix.h"
#include "tests/support/gpu_fixture.h"

namespace phial {
namespace {

class WeightMatrixTest : public GpuTest {
protected:
    /// A device on which only 64 KiB can be bound at once.
    static std::unique_ptr<gpu::Device> narrowDevice() {
        gpu::DeviceOptions options = gpuTestOptions();
        options.maxBindingBytes = 65536;
        return gpu::Device::open(options);
    }
};

TEST_F(WeightMatrixTest, IsOnePieceWhereItFits) {
    const WeightMatrix matrix(device(), WeightFormat::F16, 100, 50, "small");
    ASSERT_EQ(matrix.pieces().size(), 1U);
    EXPECT_EQ(matrix.paddedColumns(), 56);
    EXPECT_EQ(matrix.pieces()[0].data.shape(), (Shape{100, 56}));
    EXPECT_EQ(matrix.bytes(), 100 * 56 * 2);
}

TEST_F(WeightMatrixTest, IsCutWhereABindingEnds) {
    const auto narrow = narrowDevice();
    const WeightMatrix matrix(*narrow, WeightFormat::F32, 300, 96, "cut");
    ASSERT_EQ(matrix.pieces().size(), 3U) << "170 rows fit, rounded down to 128";
    std::int64_t next = 0;
    for (const auto& piece : matrix.pieces()) {
        EXPECT_EQ(piece.firstRow, next);
        EXPECT_LE(piece.data.bytes(), 65536);
        next += piece.data.shape()[0];
    }
    EXPECT_EQ(next, 300);
}

TEST_F(WeightMatrixTest, RefusesRowsThatNoBindingHolds) {
    const auto narrow = narrowDevice();
    EXPECT_NO_THROW(WeightMatrix(*narrow, WeightFormat::F32, 3, 4096, "few long rows"));
    try {
        const WeightMatrix matrix(*narrow, WeightFormat::F32, 100, 4096, "long rows");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::DeviceUnsuitable);
        EXPECT_NE(std::string(error.what()).find("long rows"), std::string::npos);
    }
}

TEST_F(WeightMatrixTest, HoldsTheValuesAndZeroPadding) {
    const auto narrow = narrowDevice();
    constexpr std::int64_t kRows = 700, kColumns = 61;
    std::vector<float> values;
    for (std::int64_t i = 0; i < kRows * kColumns; ++i) {
        values.push_back(static_cast<float>(i % 251) - 125); // exact in all formats
    }
    for (const WeightFormat format : {WeightFormat::F32, WeightFormat::F16, WeightFormat::BF16}) {
        const WeightMatrix matrix =
            uploadWeights(*narrow, values, kRows, kColumns, format, "values");
        EXPECT_GT(matrix.pieces().size(), 1U);
        for (const auto& piece : matrix.pieces()) {
            const auto back = downloadFloats(*narrow, piece.data.view());
            for (std::int64_t r = 0; r < piece.data.shape()[0]; ++r) {
                for (std::int64_t c = 0; c < matrix.paddedColumns(); ++c) {
                    const auto at = static_cast<std::size_t>((piece.firstRow + r) * kColumns + c);
                    ASSERT_EQ(back[static_cast<std::size_t>(r * matrix.paddedColumns() + c)],
                              c < kColumns ? values[at] : 0.0F);
                }
            }
        }
    }
}

TEST_F(WeightMatrixTest, PaddingIsZeroBeforeAnythingIsUploaded) {
    const WeightMatrix matrix(device(), WeightFormat::F16, 5, 3, "fresh");
    for (const float value : downloadFloats(device(), matrix.pieces()[0].data.view())) {
        EXPECT_EQ(value, 0.0F);
    }
}

} // namespace
} // namespace phial
