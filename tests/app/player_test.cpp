// SPDX-License-Identifier: MIT
#include "app/audio/player_session.h"
#include "app/audio/time_stretch.h"
#include "inference/base/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace phial::audio {
namespace {

constexpr int kRate = 8000;

std::vector<float> tone(double hertz, double seconds) {
    std::vector<float> sound(static_cast<std::size_t>(seconds * kRate));
    for (std::size_t i = 0; i < sound.size(); ++i) {
        sound[i] = static_cast<float>(
            0.5 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / kRate));
    }
    return sound;
}

/// Frequency by counting upward crossings of zero in the middle of the sound.
double pitchOf(const std::vector<float>& sound) {
    const std::size_t from = sound.size() / 8;
    const std::size_t to = sound.size() - from;
    int crossings = 0;
    for (std::size_t i = from + 1; i < to; ++i) {
        crossings += sound[i - 1] < 0 && sound[i] >= 0 ? 1 : 0;
    }
    return crossings * static_cast<double>(kRate) / static_cast<double>(to - from);
}

class Speed : public testing::TestWithParam<double> {};

TEST_P(Speed, ChangesTheLengthAndKeepsThePitch) {
    const std::vector<float> sound = tone(220, 4);
    TimeStretch stretch(kRate, GetParam());
    std::vector<float> out;
    for (std::size_t i = 0; i < sound.size(); i += 333) {
        stretch.push(
            std::span<const float>(sound).subspan(i, std::min<std::size_t>(333, sound.size() - i)),
            out);
    }
    stretch.finish(out);
    EXPECT_NEAR(static_cast<double>(out.size()) / kRate, 4 / GetParam(), 0.05);
    EXPECT_NEAR(pitchOf(out), 220, 3);
    // Pieces that do not fit together would make it quieter.
    double energy = 0;
    for (const float sample : out) {
        energy += static_cast<double>(sample) * sample;
    }
    EXPECT_NEAR(std::sqrt(energy / static_cast<double>(out.size())), 0.5 / std::numbers::sqrt2,
                0.02);
}

INSTANTIATE_TEST_SUITE_P(All, Speed, testing::Values(0.5, 0.75, 1.25, 1.5, 2.0, 3.0));

TEST(TimeStretch, ShortSoundIsNoTrouble) {
    for (const std::size_t length : {0U, 1U, 10U, 200U}) {
        TimeStretch stretch(kRate, 2);
        std::vector<float> out;
        stretch.push(std::vector<float>(length, 0.1F), out);
        stretch.finish(out);
        EXPECT_LE(out.size(), length / 2 + kRate / 50); // whole pieces
    }
}

/// Sound whose sample number n has the value n / 2^20.
class CountingReader final : public SoundReader {
public:
    explicit CountingReader(std::int64_t frames)
        : m_frames(frames) {}

    int rateHz() const override { return kRate; }

    int channels() const override { return 2; }

    void seek(std::int64_t frame) override { m_at = frame; }

    bool read(std::vector<float>& block) override {
        block.clear();
        for (int i = 0; i < 100 && m_at < m_frames; ++i, ++m_at) {
            const float value = static_cast<float>(m_at) / static_cast<float>(1 << 20);
            block.push_back(value);
            block.push_back(value);
        }
        return !block.empty();
    }

private:
    std::int64_t m_frames;
    std::int64_t m_at = 0;
};

/// Loudspeakers that play when the test says so.
class FakeOutput final : public AudioOutput {
public:
    class Stream final : public OutputStream {
    public:
        explicit Stream(FakeOutput& output)
            : m_output(output) {}

        ~Stream() override { m_output.m_filler = nullptr; }

    private:
        FakeOutput& m_output;
    };

    int nativeRateHz() override { return 2 * kRate; }

    OutputResult open(int rateHz, FrameFiller& filler) override {
        if (broken || (onlyNative && rateHz != nativeRateHz())) {
            return {.stream = nullptr, .reason = "no loudspeaker"};
        }
        m_filler = &filler;
        return {.stream = std::make_unique<Stream>(*this), .reason = {}};
    }

    std::vector<float> play(std::size_t frames) {
        std::vector<float> out(frames);
        if (m_filler != nullptr) {
            m_filler->fill(out);
        }
        return out;
    }

    bool isOpen() const { return m_filler != nullptr; }

    bool broken = false;
    bool onlyNative = false;

private:
    FrameFiller* m_filler = nullptr;
};

class PlayerSessionTest : public testing::Test {
protected:
    PlayerSessionTest() {
        m_session.setSound([] { return std::make_unique<CountingReader>(4 * kRate); });
    }

    static std::int64_t numberOf(float value) {
        return std::llround(static_cast<double>(value) * (1 << 20));
    }

    FakeOutput m_output;
    PlayerSession m_session{m_output};
};

TEST_F(PlayerSessionTest, PlaysFromAnyPlaceOnAndTellsWhereItIs) {
    ASSERT_FALSE(m_session.seek(1.5));
    ASSERT_FALSE(m_session.play());
    const std::vector<float> heard = m_output.play(800);
    EXPECT_EQ(numberOf(heard[0]), 3 * kRate / 2);
    EXPECT_EQ(numberOf(heard[799]), 3 * kRate / 2 + 799);
    EXPECT_NEAR(m_session.seconds(), 1.6, 1e-9);
}

TEST_F(PlayerSessionTest, PausesAndGoesOnWithoutLosingASample) {
    ASSERT_FALSE(m_session.play());
    m_output.play(1000);
    m_session.pause();
    EXPECT_FALSE(m_output.isOpen());
    EXPECT_EQ(m_session.state(), PlayerState::Paused);
    ASSERT_FALSE(m_session.play());
    EXPECT_EQ(numberOf(m_output.play(1)[0]), 1000);
}

TEST_F(PlayerSessionTest, EndsWhenAllWasHeardAndBeginsAgain) {
    ASSERT_FALSE(m_session.seek(3.9));
    ASSERT_FALSE(m_session.play());
    for (int i = 0; i < 10; ++i) {
        m_session.step();
        m_output.play(200);
    }
    m_session.step();
    EXPECT_EQ(m_session.state(), PlayerState::Stopped);
    EXPECT_EQ(m_session.seconds(), 0);
    ASSERT_FALSE(m_session.play());
    EXPECT_EQ(numberOf(m_output.play(1)[0]), 0);
}

TEST_F(PlayerSessionTest, AnEmptyRingIsSilenceAndNotProgress) {
    ASSERT_FALSE(m_session.play());
    const auto heard = m_output.play(static_cast<std::size_t>(2) * kRate); // no step() in between
    EXPECT_EQ(heard.back(), 0.0F);
    EXPECT_LT(m_session.seconds(), 0.7);
}

TEST_F(PlayerSessionTest, ALoopStaysInItsStretch) {
    ASSERT_FALSE(m_session.setLoop(Stretch{1.0, 1.25}));
    ASSERT_FALSE(m_session.play());
    for (int i = 0; i < 40; ++i) {
        m_session.step();
        for (const float sample : m_output.play(100)) {
            EXPECT_GE(numberOf(sample), kRate);
            EXPECT_LT(numberOf(sample), kRate + kRate / 4);
        }
        EXPECT_GE(m_session.seconds(), 1.0);
        EXPECT_LE(m_session.seconds(), 1.25);
    }
}

TEST_F(PlayerSessionTest, DoubleSpeedCountsTwice) {
    ASSERT_FALSE(m_session.setSpeed(2));
    ASSERT_FALSE(m_session.play());
    m_output.play(800);
    EXPECT_NEAR(m_session.seconds(), 0.2, 1e-9);
}

TEST_F(PlayerSessionTest, UsesTheRateOfTheLoudspeakersWhenItMust) {
    m_output.onlyNative = true;
    ASSERT_FALSE(m_session.seek(1));
    ASSERT_FALSE(m_session.play());
    const std::vector<float> heard = m_output.play(4000);
    EXPECT_NEAR(static_cast<double>(numberOf(heard[3999])), kRate + 2000, 2);
    EXPECT_NEAR(m_session.seconds(), 1.25, 1e-9);
}

TEST_F(PlayerSessionTest, SaysWhyItCannotPlay) {
    m_output.broken = true;
    EXPECT_EQ(m_session.play(), "no loudspeaker");
    EXPECT_EQ(m_session.state(), PlayerState::Paused);
    m_session.setSound([]() -> std::unique_ptr<SoundReader> {
        throw Error(ErrorCode::FileUnreadable, "The file is gone.");
    });
    EXPECT_EQ(m_session.play(), "The file is gone.");
}

} // namespace
} // namespace phial::audio
