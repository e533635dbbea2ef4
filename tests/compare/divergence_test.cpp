// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/compare/divergence.h"
#include "inference/compare/logit_spool.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace phial::compare {
namespace {

TEST(Divergence, OfTheSameLogitsIsNothing) {
    const std::vector<float> logits = {1.0F, -3.0F, 0.25F, 700.0F};
    Divergence found;
    found.add(logits, logits, 3);
    EXPECT_EQ(found.meanKl(), 0);
    EXPECT_EQ(found.quantileKl(0.99), 0);
    EXPECT_EQ(found.agreement(), 1);
    EXPECT_NEAR(found.perplexity(), 1, 1e-12);
    EXPECT_EQ(found.perplexity(), found.referencePerplexity());
}

TEST(Divergence, IsThatOfTheDefinition) {
    // p = (1/2, 1/4, 1/4), q = (1/4, 1/2, 1/4); a constant on the logits changes nothing.
    const std::vector<float> p = {std::log(2.0F), 0, 0};
    const std::vector<float> q = {5, 5 + std::log(2.0F), 5};
    Divergence found;
    found.add(p, q, 1);
    EXPECT_NEAR(found.meanKl(), 0.5 * std::log(2.0) - 0.25 * std::log(2.0), 1e-6);
    EXPECT_EQ(found.agreement(), 0);
    EXPECT_NEAR(found.referencePerplexity(), 4, 1e-5);
    EXPECT_NEAR(found.perplexity(), 2, 1e-5);
}

TEST(Divergence, SumsOverPositions) {
    const std::vector<float> even = {0, 0};
    Divergence all;
    for (int i = 1; i <= 100; ++i) {
        const std::vector<float> other = {static_cast<float>(i) / 10, 0};
        Divergence one;
        one.add(even, other, 0);
        all += one;
    }
    const auto kl = [](double x) { return std::log((std::exp(x / 2) + std::exp(-x / 2)) / 2); };
    EXPECT_EQ(all.positions(), 100);
    EXPECT_NEAR(all.quantileKl(0.99), kl(9.9), 1e-5);
    EXPECT_NEAR(all.quantileKl(1), kl(10), 1e-5);
    EXPECT_NEAR(all.quantileKl(0), kl(0.1), 1e-5);
    EXPECT_EQ(Divergence().quantileKl(0.5), 0);
    EXPECT_EQ(Divergence().meanKl(), 0);
}

TEST(Divergence, RefusesWhatCannotBeCompared) {
    const std::array<float, 2> two = {};
    const std::array<float, 3> three = {};
    Divergence found;
    EXPECT_THROW(found.add(two, three, 0), Error);
    EXPECT_THROW(found.add(two, two, 2), Error);
}

TEST(LogitSpool, GivesBackInOrderAndNoMore) {
    LogitSpool spool(3);
    for (int i = 0; i < 5; ++i) {
        const auto value = static_cast<float>(i);
        spool.write(std::vector<float>{value, -value, 0.5F});
    }
    spool.rewind();
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(spool.read()[1], static_cast<float>(-i));
    }
    EXPECT_THROW(spool.read(), Error);
}

} // namespace
} // namespace phial::compare
