// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/quant/packing.h"

#include <gtest/gtest.h>

#include <random>
#include <tuple>

namespace phial::quant {
namespace {

class Packing : public testing::TestWithParam<std::tuple<int, int, int>> {};

TEST_P(Packing, RoundTrips) {
    const auto [bits, rows, columns] = GetParam();
    std::mt19937 random(static_cast<unsigned>(bits * 1000 + rows + columns));
    std::uniform_int_distribution<int> code(0, (1 << bits) - 1);
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(rows * columns));
    for (auto& value : codes) {
        value = static_cast<std::uint8_t>(code(random));
    }
    const auto words = packRows(codes, rows, columns, bits);
    EXPECT_EQ(unpackRows(words, rows, columns, bits), codes);
    const PlaneLayout layout = planeLayout(columns, bits);
    EXPECT_EQ(layout.lowWords % 4, 0); // every plane of a row starts at 16 bytes
    EXPECT_EQ(layout.highWords % 4, 0);
    EXPECT_EQ(static_cast<std::int64_t>(words.size()), rows * layout.rowWords());
}

INSTANTIATE_TEST_SUITE_P(BitsRowsColumns, Packing,
                         testing::Combine(testing::Values(2, 3, 4, 5, 6, 7, 8),
                                          testing::Values(1, 3, 17),
                                          testing::Values(32, 96, 160, 256, 4352)));

TEST(Packing, PlacesFieldsAsDocumented) {
    std::vector<std::uint8_t> codes(128, 0);
    codes[9] = 0b101; // low plane: bits 2*(9%16) of word 0; high plane: bit 9 of its word 0
    const auto words = packRows(codes, 1, 128, 3);
    EXPECT_EQ(words[0], 1U << 18);
    EXPECT_EQ(words[static_cast<std::size_t>(planeLayout(128, 3).lowWords)], 1U << 9);
}

TEST(Packing, RefusesWhatDoesNotFit) {
    EXPECT_THROW(planeLayout(33, 4), Error);
    EXPECT_THROW(planeLayout(32, 1), Error);
    const std::vector<std::uint8_t> tooLarge(32, 4);
    EXPECT_THROW(packRows(tooLarge, 1, 32, 2), Error);
}

} // namespace
} // namespace phial::quant
