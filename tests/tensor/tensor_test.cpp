// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/tensor/tensor.h"
#include "inference/tensor/transfer.h"
#include "tests/support/gpu_fixture.h"

#include <numeric>
#include <string>

namespace phial {
namespace {

class TensorTest : public GpuTest {
protected:
    /// [rows, columns] with value row * columns + column.
    Tensor counted(std::int64_t rows, std::int64_t columns, DType dtype) {
        std::vector<float> values(static_cast<std::size_t>(rows * columns));
        std::iota(values.begin(), values.end(), 0.0F);
        return uploadFloats(device(), values, Shape{rows, columns}, dtype, "counted");
    }
};

TEST_F(TensorTest, SlicesReadTheRightElements) {
    for (const DType dtype : {DType::F32, DType::F16}) {
        const Tensor tensor = counted(9, 37, dtype);
        for (std::int64_t firstRow = 0; firstRow < 9; firstRow += 2) {
            for (std::int64_t firstColumn = 0; firstColumn < 37; firstColumn += 5) {
                const TensorView slice =
                    tensor.view()
                        .rowSlice(firstRow, 9 - firstRow)
                        .columnSlice(firstColumn, std::min<std::int64_t>(3, 37 - firstColumn));
                EXPECT_EQ(slice.range.offset % 256, 0U) << "can be bound on every device";
                std::vector<float> expected;
                for (std::int64_t r = 0; r < slice.rows(); ++r) {
                    for (std::int64_t c = 0; c < slice.columns(); ++c) {
                        expected.push_back(
                            static_cast<float>((firstRow + r) * 37 + firstColumn + c));
                    }
                }
                EXPECT_EQ(downloadFloats(device(), slice), expected);
            }
        }
    }
}

TEST_F(TensorTest, SlicesOfSlicesAddUp) {
    const Tensor tensor = counted(64, 100, DType::F32);
    const TensorView twice =
        tensor.view().columnSlice(10, 80).rowSlice(20, 40).columnSlice(5, 4).rowSlice(7, 1);
    EXPECT_EQ(downloadFloats(device(), twice), (std::vector<float>{2715, 2716, 2717, 2718}));
    EXPECT_LE(twice.range.bytes, 256U + 16U) << "bound no wider than needed";
}

TEST_F(TensorTest, RowSlicesThatLieApartBindApart) {
    const Tensor tensor = counted(8, 64, DType::F32); // rows of 256 bytes
    const auto upper = tensor.view().rowSlice(0, 4).range;
    const auto lower = tensor.view().rowSlice(4, 4).range;
    EXPECT_LE(upper.offset + upper.bytes, lower.offset);
}

TEST_F(TensorTest, ReshapesContiguousViewsOnly) {
    const Tensor tensor = counted(4, 6, DType::F32);
    const TensorView view = tensor.view().reshaped({8, 3});
    EXPECT_EQ(view.rows(), 8);
    EXPECT_EQ(view.columns(), 3);
    EXPECT_EQ(downloadFloats(device(), view), downloadFloats(device(), tensor.view()));
    EXPECT_THROW(tensor.view().columnSlice(0, 3).reshaped({12}), Error);
    EXPECT_THROW(tensor.view().reshaped({5, 5}), Error);
}

TEST_F(TensorTest, LeadingAxesAreRows) {
    const Tensor tensor(device(), DType::F32, {2, 3, 5}, "cube");
    EXPECT_EQ(tensor.view().rows(), 6);
    EXPECT_EQ(tensor.view().columns(), 5);
    EXPECT_EQ(tensor.bytes(), 120);
}

TEST_F(TensorTest, RefusesWhatLiesOutside) {
    const Tensor tensor = counted(4, 6, DType::F32);
    EXPECT_THROW(tensor.view().rowSlice(2, 3), Error);
    EXPECT_THROW(tensor.view().rowSlice(-1, 1), Error);
    EXPECT_THROW(tensor.view().columnSlice(6, 1), Error);
    EXPECT_THROW(tensor.firstRows(5), Error);
    EXPECT_THROW(Tensor(device(), DType::F32, {0, 3}, "empty"), Error);
}

} // namespace
} // namespace phial
