// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/preprocess/log_mel.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <numeric>
#include <random>

namespace phial::preprocess {
namespace {

using test::GoldenFile;

MonoSound goldenSound(const GoldenFile& golden, int rateHz) {
    MonoSound sound{.samples = {}, .sampleRateHz = rateHz};
    for (const std::int64_t value : golden.integers("wav_i16")) {
        sound.samples.push_back(static_cast<float>(value) / 32768.0F);
    }
    return sound;
}

MonoSound noise(int samples, int rateHz, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> level(-0.5F, 0.5F);
    MonoSound sound{.samples = {}, .sampleRateHz = rateHz};
    for (int i = 0; i < samples; ++i) {
        sound.samples.push_back(level(random));
    }
    return sound;
}

ErrorCode codeOf(const MonoSound& sound) {
    try {
        logMel(sound);
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::Internal;
}

struct Case {
    const char* stem;
    int rateHz;
    int frames;
    int tokens;
};

class LogMelGolden : public testing::TestWithParam<Case> {};

// 1e-4 absolute is the tolerance stated beside the golden data; we reach about 2e-6 because both
// sides transform in double precision.
TEST_P(LogMelGolden, EqualsTheReference) {
    const GoldenFile golden(GetParam().stem);
    const MelFeatures features = logMel(goldenSound(golden, GetParam().rateHz));
    EXPECT_EQ(features.frames, GetParam().frames);
    EXPECT_EQ(audioTokenCount(features.frames), GetParam().tokens);
    const std::vector<float> expected = golden.floats("logmel");
    ASSERT_EQ(features.values.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_NEAR(features.values[i], expected[i], 1e-4) << "value " << i;
    }
}

INSTANTIATE_TEST_SUITE_P(Clips, LogMelGolden,
                         testing::Values(Case{"logmel_a", 16000, 256, 32},
                                         Case{"logmel_b", 16000, 164, 21},
                                         Case{"logmel_c", 16000, 110, 14},
                                         Case{"logmel_min", 16000, 1, 1},
                                         Case{"logmel_tel", 8000, 111, 14}),
                         [](const auto& instance) { return std::string(instance.param.stem); });

TEST(LogMel, FilterbankEqualsTheOriginals) {
    const std::vector<float> expected = GoldenFile("mel_filterbank").floats("mel_filters");
    const std::vector<float> matrix = melFilterbank();
    ASSERT_EQ(matrix.size(), expected.size());
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        ASSERT_NEAR(matrix[i], expected[i], 1e-5) << "bin " << i / 80 << ", channel " << i % 80;
    }
    const auto bin246 = matrix.begin() + 246 * kMelChannels;
    EXPECT_EQ(std::accumulate(bin246, matrix.end(), 0.0F), 0.0F);
}

TEST(LogMel, AnyPieceEqualsThatPartOfTheWhole) {
    const MonoSound sound = noise(16000, 16000, 7);
    const MelFeatures whole = logMel(sound);
    const LogMel front(16000);
    for (const auto& [first, count] : {std::pair(0, 1), {3, 20}, {97, 1}, {50, 48}, {98, 0}}) {
        std::vector<float> piece(static_cast<std::size_t>(count) * kMelChannels);
        front.compute(sound.samples, first, piece);
        EXPECT_TRUE(
            std::equal(piece.begin(), piece.end(), whole.values.begin() + first * kMelChannels));
    }
    std::vector<float> beyond(2 * kMelChannels);
    EXPECT_THROW(front.compute(sound.samples, 97, beyond), Error);
}

TEST(LogMel, CountsFramesAndTokens) {
    EXPECT_EQ(melFrameCount(399, 16000), 0);
    EXPECT_EQ(melFrameCount(400, 16000), 1);
    EXPECT_EQ(melFrameCount(559, 16000), 1);
    EXPECT_EQ(melFrameCount(560, 16000), 2);
    EXPECT_EQ(melFrameCount(200, 8000), 1);
    EXPECT_EQ(audioTokenCount(1), 1);
    EXPECT_EQ(audioTokenCount(8), 1);
    EXPECT_EQ(audioTokenCount(9), 2);
    // The counts of the specification's section 7.6.
    EXPECT_EQ(audioTokensOfClip(10 * 16000, 16000), 125);
    EXPECT_EQ(audioTokensOfClip(30 * 44100, 44100), 375);
    EXPECT_EQ(audioTokensOfClip(60 * 8000, 8000), 750);
    EXPECT_EQ(audioTokensOfClip(std::int64_t{1800} * 48000, 48000), 22500);
    EXPECT_THROW(audioTokensOfClip(399, 16000), Error);
    EXPECT_THROW(audioTokensOfClip(10000, 7999), Error);
    EXPECT_THROW(melFrameCount(10000, 44100), Error);
    EXPECT_THROW(melFrameCount(std::numeric_limits<std::int64_t>::max() / 2, 16000), Error);
}

TEST(LogMel, SilenceLiesOnTheFloor) {
    MonoSound silence{.samples = std::vector<float>(1600, 0.0F), .sampleRateHz = 16000};
    for (const float value : logMel(silence).values) {
        ASSERT_EQ(value, 0.0F); // ln(1)
    }
}

TEST(LogMel, RefusesWhatIsNoSound) {
    EXPECT_EQ(codeOf(noise(399, 16000, 1)), ErrorCode::BadMedia);
    EXPECT_EQ(codeOf(noise(0, 16000, 1)), ErrorCode::BadMedia);
    EXPECT_EQ(codeOf(noise(199, 8000, 1)), ErrorCode::BadMedia);
    EXPECT_EQ(codeOf(noise(4000, 44100, 1)), ErrorCode::BadMedia);
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1e36F}) {
        for (const std::size_t place :
             {0U, 777U, 1519U}) { // 1519 is the last one that a frame uses
            MonoSound sound = noise(1600, 16000, 2);
            sound.samples[place] = bad;
            EXPECT_EQ(codeOf(sound), ErrorCode::BadMedia) << bad << " at " << place;
        }
    }
}

TEST(LogMel, StopsWhenAsked) {
    std::stop_source source;
    source.request_stop();
    try {
        logMel(noise(16000, 16000, 3), source.get_token());
        FAIL() << "not stopped";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Cancelled);
    }
}

TEST(RealFft, EqualsTheDefinition) {
    std::mt19937 random(11);
    std::normal_distribution<double> normal;
    for (const int size : {4, 8, 64, 256, 512}) {
        for (const int filled : {size, size - 1, size / 2 + 1, 0}) {
            std::vector<double> signal;
            for (int i = 0; i < filled; ++i) {
                signal.push_back(normal(random));
            }
            const RealFft fft(size);
            const auto half = static_cast<std::size_t>(size) / 2;
            std::vector<std::complex<double>> scratch(half);
            std::vector<double> power(half + 1);
            fft.power(signal, scratch, power);
            for (int k = 0; k <= size / 2; ++k) {
                std::complex<double> sum = 0;
                for (int t = 0; t < filled; ++t) {
                    sum += signal[static_cast<std::size_t>(t)] *
                           std::polar(1.0, -2 * std::numbers::pi * k * t / size);
                }
                // Rounding of a few hundred double operations on values of size one.
                ASSERT_NEAR(power[static_cast<std::size_t>(k)], std::norm(sum), 1e-9 * size);
            }
        }
    }
    EXPECT_THROW(RealFft(12), Error);
    EXPECT_THROW(RealFft(2), Error);
}

} // namespace
} // namespace phial::preprocess
