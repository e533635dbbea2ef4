// SPDX-License-Identifier: MIT
#include "inference/quant/turboquant.h"
#include "tests/quant/golden_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace phial::quant {
namespace {

TEST(LloydMax, LevelsAgreeWithTheTables) {
    const GoldenFile file = readGolden("tq_codebooks");
    for (const int dimension : {64, 128}) {
        for (int bits = 1; bits <= 6; ++bits) {
            const CodeBook book = lloydMax(dimension, bits);
            const std::string prefix =
                "d" + std::to_string(dimension) + ".b" + std::to_string(bits) + ".";
            const auto& levels = file.values(prefix + "levels");
            ASSERT_EQ(book.levels.size(), levels.size());
            for (std::size_t i = 0; i < levels.size(); ++i) {
                EXPECT_NEAR(book.levels[i], static_cast<double>(levels[i]), 2e-6) << prefix << i;
            }
            EXPECT_NEAR(book.distortion, static_cast<double>(file.values(prefix + "mse")[0]), 1e-5)
                << prefix;
        }
    }
}

TEST(Hadamard, IsOrthonormalAndItsOwnInverse) {
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    std::vector<float> x(128);
    for (float& value : x) {
        value = normal(random);
    }
    std::vector<float> y = x;
    hadamard(y);
    double before = 0;
    double after = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        before += static_cast<double>(x[i]) * static_cast<double>(x[i]);
        after += static_cast<double>(y[i]) * static_cast<double>(y[i]);
    }
    EXPECT_NEAR(before, after, 1e-4 * before);
    hadamard(y);
    for (std::size_t i = 0; i < x.size(); ++i) {
        EXPECT_NEAR(x[i], y[i], 1e-5F);
    }
}

class GoldenTurboQuant : public testing::TestWithParam<int> {};

TEST_P(GoldenTurboQuant, CodesScalesAndDecodedVectorsAgree) {
    const int bits = GetParam();
    const GoldenFile inputs = readGolden("tq_inputs");
    const GoldenFile file = readGolden("tq_mse_hadamard_" + std::to_string(bits) + "b");
    const CodeBook book = lloydMax(128, bits);
    const auto& signs = inputs.values("signs");
    for (const std::string which : {"k", "v"}) {
        const auto& x = inputs.values(which);
        int different = 0;
        for (std::size_t row = 0; row < 96; ++row) {
            const CodedVector coded = encodeVector({x.data() + row * 128, 128}, signs, book);
            const auto& codes = file.values(which + ".codes");
            int inRow = 0;
            for (std::size_t i = 0; i < 128; ++i) {
                inRow += static_cast<float>(coded.codes[i]) != codes[row * 128 + i] ? 1 : 0;
            }
            different += inRow;
            if (inRow == 0) {
                EXPECT_NEAR(coded.scale, file.values(which + ".scale")[row], 1e-3F * coded.scale);
                const auto decoded = decodeRotated(coded, book);
                for (std::size_t i = 0; i < 128; ++i) {
                    ASSERT_NEAR(decoded[i], file.values(which + ".decoded_rot")[row * 128 + i],
                                1e-3F * coded.scale);
                }
            }
        }
        EXPECT_LE(different, 3) << which; // only where a coordinate is within 1e-6 of a boundary
    }
}

INSTANTIATE_TEST_SUITE_P(Bits, GoldenTurboQuant, testing::Values(2, 3, 4));

TEST(TurboQuant, KeepsTheLengthAndTheZeroVector) {
    const CodeBook book = lloydMax(64, 3);
    std::mt19937 random(11);
    std::normal_distribution<float> normal;
    std::vector<float> signs(64);
    std::vector<float> x(64);
    for (std::size_t i = 0; i < 64; ++i) {
        signs[i] = (random() & 1U) != 0 ? 1.0F : -1.0F;
        x[i] = normal(random) * 3;
    }
    const auto decoded = decodeRotated(encodeVector(x, signs, book), book);
    double length = 0;
    double decodedLength = 0;
    for (std::size_t i = 0; i < 64; ++i) {
        length += static_cast<double>(x[i]) * static_cast<double>(x[i]);
        decodedLength += static_cast<double>(decoded[i]) * static_cast<double>(decoded[i]);
    }
    EXPECT_NEAR(std::sqrt(decodedLength), std::sqrt(length), 1e-3 * std::sqrt(length));
    EXPECT_EQ(encodeVector(std::vector<float>(64, 0.0F), signs, book).scale, 0.0F);
}

} // namespace
} // namespace phial::quant
