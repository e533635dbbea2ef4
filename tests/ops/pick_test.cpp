// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/pick.h"
#include "inference/reference/pick.h"
#include "inference/tensor/transfer.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>

namespace phial::ops {
namespace {

class Pick : public OpTest {
protected:
    reference::Picked pickOnDevice(std::span<const float> logits) {
        const auto count = static_cast<std::int64_t>(logits.size());
        const Placed px =
            place(Matrix(1, count, {logits.begin(), logits.end()}), DType::F32, {3, 2});
        const Tensor parts(device(), DType::I32, Shape{pickParts(count), 3}, "parts");
        const Tensor result(device(), DType::I32, Shape{5}, "result");
        const TensorView at = result.view().columnSlice(1, 3);
        run([&](gpu::CommandStream& s) { pick(s, px.view, parts.view(), at); });
        const std::vector<std::int32_t> words = downloadInts(device(), at);
        return {words[0], std::bit_cast<float>(words[1]), std::bit_cast<float>(words[2])};
    }

    void compare(std::span<const float> logits) {
        const reference::Picked expected = reference::pick(logits);
        const reference::Picked actual = pickOnDevice(logits);
        EXPECT_EQ(actual.id, expected.id);
        EXPECT_EQ(actual.value, expected.value);
        EXPECT_NEAR(actual.logSumExp, expected.logSumExp, 1e-5 * (1 + std::abs(expected.value)));
    }
};

TEST_F(Pick, MatchesReferenceForOddCounts) {
    for (const std::int64_t count : {1, 2, 255, 2048, 2049, 10007, 200064}) {
        SCOPED_TRACE(count);
        compare(randomVector(count, 91, -20, 20));
    }
}

TEST_F(Pick, TakesTheFirstOfEqualOnes) {
    std::vector<float> logits(9000, -1.0F);
    for (const std::size_t at : {4100UL, 4099UL, 8191UL}) {
        logits[at] = 3.5F;
    }
    compare(logits);
    compare(std::vector<float>(5000, 0.25F));
}

TEST_F(Pick, LeavesOutWhatIsNoNumber) {
    std::vector<float> logits = randomVector(3000, 92, -5, 5);
    logits[7] = std::numeric_limits<float>::quiet_NaN();
    logits[2999] = -std::numeric_limits<float>::infinity();
    compare(logits);
    const std::vector<float> none(100, std::numeric_limits<float>::quiet_NaN());
    EXPECT_EQ(pickOnDevice(none).id, -1);
}

TEST_F(Pick, RowsHaveTheBitsOfOneThatIsAlone) {
    constexpr std::int64_t kCount = 5003;
    constexpr std::int64_t kRows = 8;
    const Matrix logits = randomMatrix(kRows, kCount, 95, -20, 20);
    const Placed px = place(logits, DType::F32, {3, 2});
    const Tensor parts(device(), DType::I32, Shape{kRows * pickParts(kCount), 3}, "parts");
    const Tensor together(device(), DType::I32, Shape{kRows, 3}, "result");
    const Tensor alone(device(), DType::I32, Shape{kRows, 3}, "result");
    run([&](gpu::CommandStream& s) {
        pick(s, px.view, parts.view(), together.view());
        for (std::int64_t t = 0; t < kRows; ++t) {
            pick(s, px.view.rowSlice(t, 1), parts.view(), alone.view().rowSlice(t, 1));
        }
    });
    const std::vector<std::int32_t> found = downloadInts(device(), together.view());
    EXPECT_EQ(found, downloadInts(device(), alone.view()));
    for (std::int64_t t = 0; t < kRows; ++t) {
        EXPECT_EQ(found[static_cast<std::size_t>(3 * t)], reference::pick(logits.row(t)).id);
    }
}

TEST_F(Pick, RefusesTooLittleScratch) {
    const Tensor logits(device(), DType::F32, Shape{1, 5000}, "logits");
    const Tensor parts(device(), DType::I32, Shape{2, 3}, "parts");
    const Tensor result(device(), DType::I32, Shape{3}, "result");
    gpu::CommandStream s(device());
    EXPECT_THROW(pick(s, logits.view(), parts.view(), result.view()), Error);
    const Tensor rows(device(), DType::F32, Shape{2, 2048}, "logits"); // a part for each
    EXPECT_THROW(pick(s, rows.view(), parts.view(), result.view()), Error);
    EXPECT_THROW(pick(s, rows.view(), parts.view().rowSlice(0, 1), result.view()), Error);
}

} // namespace
} // namespace phial::ops
