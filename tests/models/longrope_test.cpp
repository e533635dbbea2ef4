// SPDX-License-Identifier: MIT
#include "inference/models/longrope.h"
#include "inference/weights/model_config.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <cmath>

namespace phial::models {
namespace {

LongRope goldenRope() {
    const weights::ModelConfig config =
        weights::loadModelConfig(weights::Checkpoint(test::goldenFolder()));
    const weights::DecoderConfig& c = config.decoder;
    return {.rotaryDim = c.rotaryDim,
            .theta = static_cast<float>(c.ropeTheta),
            .shortFactors = c.shortFactors,
            .longFactors = c.longFactors,
            .originalPositions = c.originalMaxPositions,
            .magnitude = c.rotaryMagnitude};
}

TEST(LongRope, TablesEqualTheGoldenOnes) {
    const LongRope rope = goldenRope();
    const test::GoldenFile golden("rope");
    const auto half = static_cast<std::size_t>(rope.rotaryDim / 2);
    for (const bool isShort : {true, false}) {
        const std::string prefix = isShort ? "short" : "long";
        const auto positions = golden.integers(prefix + "_positions");
        const std::vector<float> cosines = golden.floats(prefix + "_cos");
        const std::vector<float> sines = golden.floats(prefix + "_sin");
        for (std::size_t i = 0; i < positions.size(); ++i) {
            const std::vector<float> table =
                rope.cosSin(isShort ? RotarySet::Short : RotarySet::Long, positions[i] + 1);
            const float* row = table.data() + static_cast<std::size_t>(positions[i]) * 2 * half;
            for (std::size_t j = 0; j < 2 * half; ++j) {
                // The rounding of the power in the inverse frequency, times the position.
                EXPECT_NEAR(row[j % half], cosines[i * 2 * half + j], 1e-4);
                EXPECT_NEAR(row[half + j % half], sines[i * 2 * half + j], 1e-4);
            }
        }
    }
}

TEST(LongRope, SwitchesBehindTheOriginalLength) {
    const LongRope rope = goldenRope();
    EXPECT_EQ(rope.setFor(1280), RotarySet::Short);
    EXPECT_EQ(rope.setFor(1281), RotarySet::Long);
}

TEST(LongRope, NoFactorsMeansOne) {
    const LongRope rope{.rotaryDim = 4, .theta = 100, .originalPositions = 16};
    const std::vector<float> table = rope.cosSin(RotarySet::Long, 3);
    EXPECT_NEAR(table[8], std::cos(2.0), 1e-6); // position 2, frequency 1
    EXPECT_NEAR(table[9], std::cos(0.2), 1e-6); // frequency 100^-0.5
    EXPECT_NEAR(table[11], std::sin(0.2), 1e-6);
}

} // namespace
} // namespace phial::models
