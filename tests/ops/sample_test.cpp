// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/pick.h"
#include "inference/ops/sample.h"
#include "inference/reference/sample.h"
#include "inference/tensor/transfer.h"
#include "shaders/include/sample_weight.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

namespace phial::ops {
namespace {

/// log2(e) / temperature.
float scaleOf(float temperature) {
    return 1.44269504F / temperature;
}

class Sample : public OpTest {
protected:
    /// {number, bits of its logit} behind pick() and sample().
    std::vector<std::int32_t> onDevice(std::span<const float> logits, const Draw& draw) {
        const auto count = static_cast<std::int64_t>(logits.size());
        const Placed px =
            place(Matrix(1, count, {logits.begin(), logits.end()}), DType::F32, {3, 2});
        const Tensor parts(device(), DType::I32, Shape{pickParts(count), 3}, "parts");
        const Tensor result(device(), DType::I32, Shape{5}, "result");
        const TensorView at = result.view().columnSlice(1, 3);
        const Placed words = placeInts(draw.words(), 2);
        run([&](gpu::CommandStream& s) {
            pick(s, px.view, parts.view(), at);
            sample(s, px.view, words.view, at);
        });
        std::vector<std::int32_t> found = downloadInts(device(), at);
        found.pop_back();
        return found;
    }

    void compare(std::span<const float> logits, const Draw& draw) {
        SCOPED_TRACE(testing::Message()
                     << logits.size() << " logits, scale " << draw.scale << ", top-k " << draw.topK
                     << ", top-p " << draw.topP << ", least " << draw.leastWeight << ", random "
                     << draw.random);
        const std::int32_t expected = reference::sample({.logits = logits,
                                                         .scale = draw.scale,
                                                         .topK = draw.topK,
                                                         .topP = draw.topP,
                                                         .leastWeight = draw.leastWeight,
                                                         .random = draw.random});
        const std::vector<std::int32_t> found = onDevice(logits, draw);
        ASSERT_EQ(found[0], expected);
        if (expected >= 0) {
            EXPECT_EQ(std::bit_cast<float>(found[1]), logits[static_cast<std::size_t>(expected)]);
        }
    }

    /// With several random numbers, the smallest and the largest among them.
    void compareDraws(std::span<const float> logits, Draw draw) {
        for (const std::uint32_t random : {0U, 0x1234567U, 0x80000000U, 0xc0ffee00U, ~0U}) {
            draw.random = random;
            compare(logits, draw);
        }
    }
};

TEST_F(Sample, DrawsWhatTheReferenceDraws) {
    for (const std::int64_t count : {1, 2, 257, 5003}) {
        const std::vector<float> logits = randomVector(count, 93, -9, 9);
        for (const std::uint32_t topK : {0U, 1U, 40U}) {
            for (const std::uint32_t topP : {0U, 20000U, 65535U}) {
                compareDraws(logits, {.scale = scaleOf(0.8F), .topK = topK, .topP = topP});
            }
        }
    }
}

TEST_F(Sample, TakesAWholeVocabulary) {
    const std::vector<float> logits = randomVector(200064, 94, -20, 20);
    compareDraws(logits, {.scale = scaleOf(1), .topP = 60000});
    compareDraws(logits, {.scale = scaleOf(30), .topK = 100000}); // nearly even: sums of many words
}

TEST_F(Sample, EqualLogitsStayInTheOrderOfTheirNumbers) {
    std::vector<float> logits(1000, -3.0F);
    for (const std::size_t at : {990UL, 500UL, 501UL, 7UL, 640UL}) {
        logits[at] = 2.5F;
    }
    for (const std::uint32_t topK : {0U, 1U, 3U, 5U, 6U, 900U}) {
        compareDraws(logits, {.scale = scaleOf(1), .topK = topK});
        compareDraws(logits, {.scale = scaleOf(1), .topK = topK, .topP = 30000});
    }
    const std::vector<float> same(777, 0.5F);
    compareDraws(same, {.scale = scaleOf(1)});
    compareDraws(same, {.scale = scaleOf(1), .topK = 10, .topP = 40000});
    std::vector<float> zeros(50, 0.0F); // the two zeros are equal
    for (std::size_t i = 0; i < zeros.size(); i += 3) {
        zeros[i] = -0.0F;
    }
    compareDraws(zeros, {.scale = scaleOf(1), .topK = 20});
}

TEST_F(Sample, LightTokensAreNotDrawn) {
    const std::vector<float> logits = randomVector(3000, 95, -4, 4);
    for (const std::uint32_t least : {1U, 1U << 20U, 1U << 29U, 1U << 30U}) {
        compareDraws(logits, {.scale = scaleOf(1), .leastWeight = least});
    }
    // So cold that only the likeliest has any weight, or all others too little for a word.
    compareDraws(logits, {.scale = 1e30F});
    compareDraws(logits, {.scale = scaleOf(1e-3F), .topP = 65000});
}

TEST_F(Sample, LeavesOutWhatIsNoNumber) {
    std::vector<float> logits = randomVector(600, 96, -5, 5);
    logits[7] = std::numeric_limits<float>::quiet_NaN();
    logits[599] = -std::numeric_limits<float>::infinity();
    logits[300] = -1e30F;
    compareDraws(logits, {.scale = scaleOf(2)});
    compareDraws(logits, {.scale = scaleOf(2), .topK = 599});
    const std::vector<float> none(100, std::numeric_limits<float>::quiet_NaN());
    compareDraws(none, {.scale = scaleOf(2), .topK = 3, .topP = 9});
}

TEST_F(Sample, EachRowHasADrawOfItsOwn) {
    constexpr std::int64_t kCount = 700;
    constexpr std::int64_t kRows = 8;
    const Matrix logits = randomMatrix(kRows, kCount, 97, -5, 5);
    const Placed px = place(logits, DType::F32, {3, 2});
    std::vector<Draw> draws;
    std::vector<std::int32_t> words;
    for (std::uint32_t t = 0; t < kRows; ++t) {
        draws.push_back({.scale = scaleOf(0.5F + 0.25F * static_cast<float>(t)),
                         .topK = t % 3 == 0 ? 50U : 0U,
                         .topP = t % 2 == 0 ? 50000U : 0U,
                         .random = 0x13579bdfU * (t + 1)});
        const auto own = draws.back().words();
        words.insert(words.end(), own.begin(), own.end());
    }
    const Tensor pd = uploadInts(device(), words, Shape{kRows, 5}, "draw");
    const Tensor parts(device(), DType::I32, Shape{kRows * pickParts(kCount), 3}, "parts");
    const Tensor result(device(), DType::I32, Shape{kRows, 3}, "result");
    run([&](gpu::CommandStream& s) {
        pick(s, px.view, parts.view(), result.view());
        sample(s, px.view, pd.view(), result.view());
    });
    const std::vector<std::int32_t> found = downloadInts(device(), result.view());
    for (std::size_t t = 0; t < kRows; ++t) {
        EXPECT_EQ(found[3 * t],
                  reference::sample({.logits = logits.row(static_cast<std::int64_t>(t)),
                                     .scale = draws[t].scale,
                                     .topK = draws[t].topK,
                                     .topP = draws[t].topP,
                                     .leastWeight = draws[t].leastWeight,
                                     .random = draws[t].random}))
            << t;
    }
}

TEST_F(Sample, RefusesWhatDoesNotFit) {
    const Placed logits = place(Matrix(1, 10), DType::F32);
    const Tensor words(device(), DType::I32, Shape{5}, "draw");
    const Tensor result(device(), DType::I32, Shape{3}, "result");
    gpu::CommandStream s(device());
    EXPECT_NO_THROW(sample(s, logits.view, words.view(), result.view()));
    EXPECT_THROW(sample(s, logits.view, result.view(), result.view()), Error);
    EXPECT_THROW(sample(s, logits.view, words.view(), words.view()), Error);
    EXPECT_THROW(sample(s, words.view(), words.view(), result.view()), Error);
}

TEST(SampleWeight, IsThePowerAsAWholeNumber) {
    EXPECT_EQ(params::sampleWeight(3, 3, scaleOf(1)), 1U << 30U);
    EXPECT_EQ(params::sampleWeight(2, 3, 1), 1U << 29U);
    EXPECT_EQ(params::sampleWeight(-40, 3, 1), 0U);
    for (int i = 0; i <= 2000; ++i) {
        const float logit = -0.01F * static_cast<float>(i);
        const double expected = std::ldexp(std::exp(static_cast<double>(logit)), 30);
        // The power itself is rounded: 20 / 2^24 of its value.
        EXPECT_NEAR(params::sampleWeight(logit, 0, scaleOf(1)), expected, 2e-6 * expected + 1);
    }
}

} // namespace
} // namespace phial::ops
