// SPDX-License-Identifier: MIT
#include "app/audio/spsc_ring.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

namespace phial::audio {
namespace {

TEST(SpscRing, RoundsItsCapacityUpToAPowerOfTwo) {
    EXPECT_EQ(SpscRing(1).capacity(), 2U);
    EXPECT_EQ(SpscRing(1000).capacity(), 1024U);
    EXPECT_EQ(SpscRing(1024).capacity(), 1024U);
}

TEST(SpscRing, RefusesWhatDoesNotFitAndKeepsTheOldest) {
    SpscRing ring(4);
    const std::array<float, 6> samples{1, 2, 3, 4, 5, 6};
    EXPECT_EQ(ring.write(samples), 4U);
    EXPECT_EQ(ring.write(samples), 0U);
    std::array<float, 6> out{};
    EXPECT_EQ(ring.read(out), 4U);
    EXPECT_EQ(out, (std::array<float, 6>{1, 2, 3, 4, 0, 0}));
    EXPECT_EQ(ring.read(out), 0U);
}

TEST(SpscRing, KeepsOrderAcrossTheWrapForOddBlockSizes) {
    SpscRing ring(64);
    std::mt19937 random(7); // NOLINT(cert-msc51-cpp): a fixed seed is wanted
    float next = 0;
    float expected = 0;
    for (int round = 0; round < 2000; ++round) {
        std::vector<float> block(random() % 37);
        std::iota(block.begin(), block.end(), next);
        next += static_cast<float>(ring.write(block));
        std::vector<float> out(random() % 41);
        const std::size_t count = ring.read(out);
        for (std::size_t i = 0; i < count; ++i) {
            ASSERT_EQ(out[i], expected);
            expected += 1;
        }
    }
    EXPECT_GT(expected, 10000.0F);
}

TEST(SpscRing, CarriesEverySampleBetweenTwoThreads) {
    SpscRing ring(256);
    constexpr int kTotal = 200000; // exactly representable as float
    std::jthread writer([&ring] {
        int next = 0;
        while (next < kTotal) {
            std::array<float, 100> block{};
            const std::size_t wanted =
                std::min<std::size_t>(block.size(), static_cast<std::size_t>(kTotal - next));
            std::iota(block.begin(), block.end(), static_cast<float>(next));
            next += static_cast<int>(ring.write({block.data(), wanted}));
        }
    });
    int expected = 0;
    std::array<float, 77> out{};
    while (expected < kTotal) {
        const std::size_t count = ring.read(out);
        for (std::size_t i = 0; i < count; ++i) {
            ASSERT_EQ(out[i], static_cast<float>(expected));
            ++expected;
        }
    }
}

} // namespace
} // namespace phial::audio
