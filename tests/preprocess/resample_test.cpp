// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/preprocess/resample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace phial::preprocess {
namespace {

/// 0.25 sin(2 pi hz t + 0.3) on every channel, plus an offset per channel that cancels in the mean.
AudioClip tone(double hz, int rateHz, int channels, int frames) {
    AudioClip clip{.samples = {}, .sampleRateHz = rateHz, .channels = channels};
    for (int i = 0; i < frames; ++i) {
        for (int c = 0; c < channels; ++c) {
            const double offset = 0.1 * (c - 0.5 * (channels - 1));
            clip.samples.push_back(static_cast<float>(
                0.25 * std::sin(2 * std::numbers::pi * hz * i / rateHz + 0.3) + offset));
        }
    }
    return clip;
}

ErrorCode codeOf(const AudioClip& clip) {
    try {
        toModelRate(clip);
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::Internal;
}

struct Case {
    int rateHz;
    int channels;
    int frames;
};

class ResampleTone : public testing::TestWithParam<Case> {};

// A tone must come out as the same tone at the same time: that judges rate, delay and level at
// once.
TEST_P(ResampleTone, StaysWhereItWas) {
    const auto [rateHz, channels, frames] = GetParam();
    const double hz = 440;
    const MonoSound sound = toModelRate(tone(hz, rateHz, channels, frames));
    EXPECT_EQ(sound.sampleRateHz, 16000);
    ASSERT_EQ(sound.samples.size(),
              static_cast<std::size_t>(std::llround(16000.0 * frames / rateHz)));
    // The first and last 20 ms see the clip's edge (as silence beyond it) through the filter.
    for (std::size_t i = 320; i + 320 < sound.samples.size(); ++i) {
        const double expected =
            0.25 * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / 16000 + 0.3);
        // 1e-4 = -68 dB of the tone: the filter's ripple; a delay of 1/100 sample would give 4e-4.
        ASSERT_NEAR(sound.samples[i], expected, 1e-4) << "sample " << i;
    }
}

INSTANTIATE_TEST_SUITE_P(Rates, ResampleTone,
                         testing::Values(Case{48000, 1, 48000}, Case{44100, 2, 44100},
                                         Case{44100, 1, 13}, Case{22050, 1, 22051},
                                         Case{11025, 3, 9999}, Case{32000, 6, 30001},
                                         Case{96000, 2, 50000}, Case{8001, 1, 8000},
                                         Case{15999, 1, 16000}, Case{192000, 1, 200003}));

// The highest mel channel ends at 7690 Hz: the band below must pass and the band above must not
// fold back into it.
TEST(Resample, PassesTheBandOfTheMelFiltersAndNothingAboveIt) {
    const auto farFrom = [](double hz, double level, int rateHz) {
        const std::vector<float> out = toModelRate(tone(hz, rateHz, 1, rateHz)).samples;
        double worst = 0;
        for (std::size_t i = 800; i + 800 < out.size(); ++i) {
            const double expected =
                level * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / 16000 + 0.3);
            worst = std::max(worst, std::abs(static_cast<double>(out[i]) - expected));
        }
        return worst;
    };
    for (const int rateHz : {48000, 44100, 22050}) {
        for (const double hz : {100.0, 3900.0, 7000.0, 7500.0, 7650.0}) {
            EXPECT_LT(farFrom(hz, 0.25, rateHz), 2e-5) << hz << " Hz of " << rateHz; // -82 dB
        }
        for (const double hz : {8050.0, 8300.0, 9000.0, 11000.0}) {
            EXPECT_LT(farFrom(hz, 0.0, rateHz), 2e-5) << hz << " Hz of " << rateHz;
        }
    }
}

TEST(Resample, LeavesModelRatesUntouched) {
    for (const int rateHz : {16000, 8000}) {
        AudioClip clip = tone(300, rateHz, 1, 1001);
        const std::vector<float> before = clip.samples;
        const float* place = clip.samples.data();
        const MonoSound sound = toModelRate(std::move(clip));
        EXPECT_EQ(sound.sampleRateHz, rateHz);
        EXPECT_EQ(sound.samples, before);
        EXPECT_EQ(sound.samples.data(), place) << "an hour of sound must not be copied";
    }
}

TEST(Resample, TakesTheMeanOfTheChannels) {
    AudioClip clip{.samples = {0.5F, -0.25F, 1.0F, 0.0F}, .sampleRateHz = 16000, .channels = 2};
    EXPECT_EQ(toModelRate(clip).samples, (std::vector<float>{0.125F, 0.5F}));
}

TEST(Resample, LengthIsRounded) {
    EXPECT_EQ(modelSamples(0, 44100), 0);
    EXPECT_EQ(modelSamples(1, 44100), 0);
    EXPECT_EQ(modelSamples(2, 44100), 1);
    EXPECT_EQ(modelSamples(1, 32000), 1); // half upwards
    EXPECT_EQ(modelSamples(441, 44100), 160);
    EXPECT_EQ(modelSamples(std::int64_t{3600} * 44100, 44100), std::int64_t{3600} * 16000);
    EXPECT_EQ(modelSamples(12345, 16000), 12345);
    EXPECT_EQ(modelSamples(12345, 8000), 12345);
    EXPECT_TRUE(toModelRate({.samples = {}, .sampleRateHz = 44100, .channels = 2}).samples.empty());
    EXPECT_EQ(toModelRate({.samples = {0.5F, 0.5F}, .sampleRateHz = 44100}).samples.size(), 1U);
}

TEST(Resample, RefusesImpossibleClips) {
    EXPECT_EQ(codeOf({.samples = {0, 0}, .sampleRateHz = 7999}), ErrorCode::BadMedia);
    EXPECT_EQ(codeOf({.samples = {0, 0}, .sampleRateHz = 0}), ErrorCode::BadMedia);
    EXPECT_EQ(codeOf({.samples = {0, 0}, .sampleRateHz = -16000}), ErrorCode::BadMedia);
    EXPECT_EQ(codeOf({.samples = {0, 0}, .sampleRateHz = 2000000}), ErrorCode::BadMedia);
    EXPECT_EQ(codeOf({.samples = {0, 0}, .channels = 0}), ErrorCode::BadMedia);
    EXPECT_EQ(codeOf({.samples = {0, 0, 0}, .channels = 2}), ErrorCode::BadMedia);
    for (const int rateHz : {16000, 44100}) {
        for (const float bad :
             {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
            AudioClip clip = tone(300, rateHz, 2, 100);
            clip.samples.back() = bad;
            EXPECT_EQ(codeOf(clip), ErrorCode::BadMedia);
        }
    }
}

TEST(Resample, StopsWhenAsked) {
    std::stop_source source;
    source.request_stop();
    try {
        toModelRate(tone(300, 44100, 1, 44100), source.get_token());
        FAIL() << "not stopped";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Cancelled);
    }
}

} // namespace
} // namespace phial::preprocess
