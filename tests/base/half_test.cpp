// SPDX-License-Identifier: MIT
#include "inference/base/half.h"

#include <gtest/gtest.h>

#include <cmath>

namespace phial {
namespace {

TEST(Half, EveryFiniteHalfSurvivesTheRoundTrip) {
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
        const auto half = static_cast<std::uint16_t>(bits);
        const float value = halfToFloat(half);
        if (std::isnan(value)) {
            EXPECT_TRUE(std::isnan(halfToFloat(floatToHalf(value))));
        } else {
            EXPECT_EQ(floatToHalf(value), half) << bits;
        }
    }
}

TEST(Half, RoundsToNearestEven) {
    EXPECT_EQ(halfToFloat(floatToHalf(1.0F + 0x1p-11F)), 1.0F); // tie to even
    EXPECT_EQ(halfToFloat(floatToHalf(1.0F + 3 * 0x1p-11F)),
              1.0F + 0x1p-9F); // tie to even, upwards
    EXPECT_TRUE(std::isinf(halfToFloat(floatToHalf(65520.0F))));
    EXPECT_EQ(halfToFloat(floatToHalf(65519.0F)), 65504.0F);
    EXPECT_EQ(halfToFloat(floatToHalf(0x1p-25F)), 0.0F); // tie to even at the smallest subnormal
    EXPECT_EQ(halfToFloat(floatToHalf(3 * 0x1p-25F)), 0x1p-23F);
}

TEST(Bf16, EveryValueSurvivesTheRoundTripAndTiesGoToEven) {
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
        const float value = bf16ToFloat(static_cast<std::uint16_t>(bits));
        if (!std::isnan(value)) {
            EXPECT_EQ(floatToBf16(value), bits);
        }
    }
    EXPECT_EQ(bf16ToFloat(floatToBf16(1.0F + 0x1p-8F)), 1.0F);
    EXPECT_EQ(bf16ToFloat(floatToBf16(1.0F + 3 * 0x1p-8F)), 1.0F + 0x1p-6F);
    EXPECT_TRUE(std::isnan(bf16ToFloat(floatToBf16(std::nanf("")))));
}

} // namespace
} // namespace phial
