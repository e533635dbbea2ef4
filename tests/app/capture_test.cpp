// SPDX-License-Identifier: MIT
#include "app/audio/capture.h"
#include "tests/app/fake_audio.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <random>

namespace phial::audio {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr int kRate = 8000; // of the fake default microphone

std::vector<float> tone(double seconds, float amplitude = 0.5F) {
    std::vector<float> samples(static_cast<std::size_t>(seconds * kRate));
    for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = amplitude * static_cast<float>(std::sin(0.3 * static_cast<double>(i) + 0.1));
    }
    return samples;
}

/// A session with a clock that only the test moves.
class CaptureSessionTest : public testing::Test {
protected:
    void step(std::chrono::milliseconds by) {
        m_now += by;
        m_session.step(m_now);
    }

    /// Real-time sound in blocks of 20 ms.
    void speak(double seconds, float amplitude = 0.5F) {
        for (int block = 0; block < static_cast<int>(seconds * 50 + 0.5); ++block) {
            m_sound.deliver(tone(0.02, amplitude));
            step(20ms);
        }
    }

    FakeSoundSystem m_sound;
    FakeBackend m_backend{m_sound};
    std::vector<CaptureState> m_states;
    std::vector<SignalHealth> m_healths;
    std::vector<CaptureReading> m_readings;
    std::vector<Recording> m_recordings;
    std::vector<CaptureFailure> m_failures;
    std::vector<InputDevice> m_devices;
    CaptureSession m_session{
        m_backend,
        {.onState = [this](CaptureState state) { m_states.push_back(state); },
         .onHealth = [this](SignalHealth health) { m_healths.push_back(health); },
         .onLevel = [this](const CaptureReading& level) { m_readings.push_back(level); },
         .onDevices = [this](const std::vector<InputDevice>& list) { m_devices = list; },
         .onFinished = [this](Recording take) { m_recordings.push_back(std::move(take)); },
         .onFailed = [this](CaptureFailure failure,
                            const std::string&) { m_failures.push_back(failure); }},
        {.longestSeconds = 60}};
    CaptureSession::TimePoint m_now{1000s};
};

TEST_F(CaptureSessionTest, RecordsExactlyWhatArrivesAtTheNativeRate) {
    m_session.start("", m_now);
    EXPECT_EQ(m_session.state(), CaptureState::Opening); // not yet: nothing has arrived
    const std::vector<float> played = tone(1.0);
    m_sound.deliver(played);
    step(20ms);
    EXPECT_EQ(m_session.state(), CaptureState::Recording);
    m_session.stop(m_now);
    step(400ms);
    ASSERT_EQ(m_recordings.size(), 1U);
    EXPECT_EQ(m_recordings[0].clip.samples, played);
    EXPECT_EQ(m_recordings[0].clip.sampleRateHz, kRate);
    EXPECT_EQ(m_recordings[0].clip.channels, 1);
    EXPECT_EQ(m_recordings[0].lostSamples, 0);
    EXPECT_FALSE(m_sound.isOpen());
    EXPECT_THAT(m_states, ElementsAre(CaptureState::Opening, CaptureState::Recording,
                                      CaptureState::Finishing, CaptureState::Idle));
}

TEST_F(CaptureSessionTest, TakesInWhatArrivesAfterStop) {
    m_session.start("", m_now);
    speak(0.2);
    m_session.stop(m_now);
    speak(0.2); // the last syllable
    EXPECT_TRUE(m_recordings.empty());
    step(200ms);
    ASSERT_EQ(m_recordings.size(), 1U);
    EXPECT_EQ(m_recordings[0].clip.samples.size(), 0.4 * kRate);
}

TEST_F(CaptureSessionTest, CallsASilentLineStalledAndTakesTheBacklog) {
    m_session.start("", m_now);
    speak(0.5);
    step(1000ms);
    EXPECT_EQ(m_session.state(), CaptureState::Recording); // exactly a second is still normal
    step(20ms);
    EXPECT_EQ(m_session.state(), CaptureState::Stalled);
    m_sound.deliver(tone(3.0));
    step(20ms);
    EXPECT_EQ(m_session.state(), CaptureState::Recording);
    m_session.stop(m_now);
    step(400ms);
    EXPECT_EQ(m_recordings.at(0).clip.samples.size(), 3.5 * kRate);
    EXPECT_TRUE(m_recordings[0].gaps.empty());
}

TEST_F(CaptureSessionTest, StallsWhenNothingEverArrives) {
    m_session.start("", m_now);
    step(1100ms);
    EXPECT_EQ(m_session.state(), CaptureState::Stalled);
    m_session.stop(m_now);
    ASSERT_EQ(m_recordings.size(), 1U); // at once: there is nothing to wait for
    EXPECT_TRUE(m_recordings[0].clip.samples.empty());
}

TEST_F(CaptureSessionTest, GoesOnAfterReplugAndMarksTheGap) {
    m_session.start("Fake/other", m_now);
    speak(1.0);
    m_sound.unplug();
    step(20ms);
    EXPECT_EQ(m_session.state(), CaptureState::Unplugged);
    step(600ms); // tries in vain
    EXPECT_EQ(m_session.state(), CaptureState::Unplugged);
    m_sound.replug();
    step(600ms);
    EXPECT_EQ(m_session.state(), CaptureState::Unplugged); // open, but only sound proves it
    speak(0.5);
    EXPECT_EQ(m_session.state(), CaptureState::Recording);
    EXPECT_EQ(m_sound.opened(), 2);
    EXPECT_EQ(m_sound.lastRate(), 44100);
    m_session.stop(m_now);
    step(400ms);
    const Recording& take = m_recordings.at(0);
    EXPECT_EQ(take.clip.samples.size(), 1.5 * kRate);
    ASSERT_EQ(take.gaps.size(), 1U);
    EXPECT_DOUBLE_EQ(take.gaps[0].atSeconds, 1.0 * kRate / 44100);
    EXPECT_NEAR(take.gaps[0].seconds, 1.22, 1e-9);
}

TEST_F(CaptureSessionTest, KeepsWhatItHasWhenStoppedWhileUnplugged) {
    m_session.start("", m_now);
    speak(1.0);
    m_sound.unplug();
    step(20ms);
    m_session.stop(m_now);
    ASSERT_EQ(m_recordings.size(), 1U);
    EXPECT_EQ(m_recordings[0].clip.samples.size(), 1.0 * kRate);
}

TEST_F(CaptureSessionTest, SurvivesAnUnplugStorm) {
    m_session.start("", m_now);
    std::mt19937 random(11); // NOLINT(cert-msc51-cpp): a fixed seed is wanted
    std::size_t delivered = 0;
    for (int round = 0; round < 300; ++round) {
        switch (random() % 4) {
        case 0:
            m_sound.unplug();
            break;
        case 1:
            m_sound.replug();
            break;
        default:
            delivered += m_sound.deliver(tone(0.01)) ? 80U : 0U;
        }
        step(std::chrono::milliseconds(random() % 700));
    }
    m_session.stop(m_now);
    step(400ms);
    ASSERT_EQ(m_recordings.size(), 1U);
    EXPECT_EQ(m_recordings[0].clip.samples.size(), delivered);
    EXPECT_EQ(m_session.state(), CaptureState::Idle);
}

TEST_F(CaptureSessionTest, SaysThatTheMicrophoneIsTooQuietThenSilent) {
    m_session.start("", m_now);
    speak(1.0);
    speak(2.9, 0.002F); // below -50 dBFS
    EXPECT_TRUE(m_healths.empty());
    speak(0.2, 0.002F);
    EXPECT_THAT(m_healths, ElementsAre(SignalHealth::TooQuiet));
    speak(4.9, 0.0F);
    EXPECT_THAT(m_healths, ElementsAre(SignalHealth::TooQuiet));
    speak(0.2, 0.0F);
    EXPECT_THAT(m_healths, ElementsAre(SignalHealth::TooQuiet, SignalHealth::Silent));
    speak(0.1);
    EXPECT_EQ(m_healths.back(), SignalHealth::Good);
}

TEST_F(CaptureSessionTest, ReportsLevelsTwentyFiveTimesASecond) {
    m_session.start("", m_now);
    speak(2.0);
    EXPECT_NEAR(static_cast<double>(m_readings.size()), 50, 1);
    EXPECT_NEAR(m_readings.back().level.peak, 0.5, 0.01);
    EXPECT_NEAR(m_readings.back().level.rms, 0.5 / std::sqrt(2.0), 0.01);
    EXPECT_FALSE(m_readings.back().level.clipped);
    EXPECT_NEAR(m_readings.back().elapsedSeconds, 2.0, 0.05);
    speak(0.1, 1.2F);
    EXPECT_TRUE(m_readings.back().level.clipped);
}

TEST_F(CaptureSessionTest, RetriesABusyMicrophoneThenGivesUp) {
    m_sound.setBusy(3); // start() looks twice
    m_session.start("", m_now);
    EXPECT_EQ(m_session.state(), CaptureState::Opening);
    step(100ms);
    EXPECT_TRUE(m_sound.isOpen());
    m_session.discard();
    m_sound.setBusy(100);
    m_session.start("", m_now);
    for (int round = 0; round < 5; ++round) {
        step(100ms);
    }
    EXPECT_THAT(m_failures, ElementsAre(CaptureFailure::Busy));
    EXPECT_EQ(m_session.state(), CaptureState::Idle);
}

TEST_F(CaptureSessionTest, SaysWhenThereIsNoMicrophoneAtAll) {
    m_sound.setDevices({});
    m_session.start("", m_now);
    EXPECT_THAT(m_failures, ElementsAre(CaptureFailure::NoMicrophone));
    m_sound.setDevices(
        {{.id = "Fake/new", .name = "New", .nativeRateHz = 16000, .isDefault = true}});
    m_session.start("Fake/gone", m_now);
    EXPECT_THAT(m_failures,
                ElementsAre(CaptureFailure::NoMicrophone, CaptureFailure::NotConnected));
    EXPECT_EQ(m_devices.size(), 1U); // looked again on the way
}

TEST_F(CaptureSessionTest, EndsAForgottenRecordingAtTheLongestLength) {
    m_session.start("", m_now);
    speak(60.0);
    ASSERT_EQ(m_recordings.size(), 1U);
    EXPECT_EQ(m_recordings[0].end, RecordingEnd::LongestReached);
}

TEST_F(CaptureSessionTest, DiscardLeavesNothingForTheNextTake) {
    m_session.start("", m_now);
    speak(0.5);
    m_sound.deliver(tone(0.1)); // still in the ring
    m_session.discard();
    EXPECT_TRUE(m_recordings.empty());
    m_session.start("", m_now);
    speak(0.2);
    m_session.stop(m_now);
    step(400ms);
    EXPECT_EQ(m_recordings.at(0).clip.samples.size(), 0.2 * kRate);
}

TEST_F(CaptureSessionTest, StopsAtAnyMomentWithEverythingThatArrived) {
    std::mt19937 random(41); // NOLINT(cert-msc51-cpp): a fixed seed is wanted
    for (int round = 0; round < 300; ++round) {
        SCOPED_TRACE(round);
        m_recordings.clear();
        m_sound.replug();
        m_sound.setBusy(static_cast<int>(random() % 4)); // some rounds are stopped while opening
        m_session.start(random() % 2 == 0 ? "" : "Fake/other", m_now);
        std::size_t delivered = 0;
        for (auto left = random() % 12; left > 0; --left) {
            switch (random() % 5) {
            case 0:
                m_sound.unplug();
                break;
            case 1:
                m_sound.replug();
                break;
            default:
                delivered += m_sound.deliver(tone(0.02)) ? 160U : 0U;
            }
            step(std::chrono::milliseconds(random() % 1500)); // up to a stall
        }
        const bool runs = m_session.state() != CaptureState::Idle;
        if (random() % 4 == 0) {
            m_session.discard();
            EXPECT_TRUE(m_recordings.empty());
        } else {
            m_session.stop(m_now);
            m_session.stop(m_now); // a second click
            delivered += m_sound.deliver(tone(0.02)) ? 160U : 0U;
            step(400ms);
            ASSERT_EQ(m_recordings.size(), runs ? 1U : 0U);
            EXPECT_EQ(runs ? m_recordings[0].clip.samples.size() : 0, delivered);
        }
        EXPECT_EQ(m_session.state(), CaptureState::Idle);
        EXPECT_FALSE(m_sound.isOpen());
    }
}

/// Collects events of a Capture from its thread.
class Inbox {
public:
    CaptureEvents events() {
        return {.onState = [this](CaptureState state) { set([&] { m_state = state; }); },
                .onFinished =
                    [this](Recording take) { set([&] { m_takes.push_back(std::move(take)); }); }};
    }

    template <typename Condition>
    void waitFor(Condition condition) {
        std::unique_lock lock(m_mutex);
        ASSERT_TRUE(m_changed.wait_for(lock, 60s, [&] { return condition(*this); }));
    }

    CaptureState m_state = CaptureState::Idle;
    std::vector<Recording> m_takes;

private:
    template <typename Change>
    void set(Change change) {
        const std::scoped_lock lock(m_mutex);
        change();
        m_changed.notify_all();
    }

    std::mutex m_mutex;
    std::condition_variable m_changed;
};

TEST(Capture, DeliversATakeFromAThreadOfItsOwn) {
    FakeSoundSystem sound;
    Inbox inbox;
    Capture capture([&sound] { return std::make_unique<FakeBackend>(sound); }, inbox.events());
    capture.start("");
    const std::vector<float> block = tone(0.25);
    while (!sound.isOpen()) {
        std::this_thread::yield();
    }
    for (int i = 0; i < 4; ++i) {
        ASSERT_TRUE(sound.deliver(block));
    }
    inbox.waitFor([](const Inbox& box) { return box.m_state == CaptureState::Recording; });
    capture.stop();
    inbox.waitFor([](const Inbox& box) { return !box.m_takes.empty(); });
    EXPECT_EQ(inbox.m_takes[0].clip.samples.size(), 4 * block.size());
}

TEST(Capture, StopsWhileSoundPoursInWithoutLosingWhatCameBefore) {
    std::mt19937 random(42); // NOLINT(cert-msc51-cpp): a fixed seed is wanted
    for (int round = 0; round < 60; ++round) {
        SCOPED_TRACE(round);
        FakeSoundSystem sound;
        Inbox inbox;
        std::atomic<std::int64_t> delivered = 0;
        std::jthread device([&](const std::stop_token& stop) {
            const std::vector<float> block = tone(0.01);
            while (!stop.stop_requested()) {
                delivered += sound.deliver(block) ? static_cast<std::int64_t>(block.size()) : 0;
            }
        });
        Capture capture([&sound] { return std::make_unique<FakeBackend>(sound); }, inbox.events());
        capture.start("");
        const std::int64_t moment = random() % 20000;
        while (delivered < moment) {
            std::this_thread::yield();
        }
        const std::int64_t before = delivered;
        capture.stop();
        inbox.waitFor([](const Inbox& box) { return !box.m_takes.empty(); });
        const Recording& take = inbox.m_takes[0];
        EXPECT_GE(static_cast<std::int64_t>(take.clip.samples.size()) + take.lostSamples, before);
    }
}

TEST(Capture, DestroyWhileRecording) {
    for (int round = 0; round < 50; ++round) {
        FakeSoundSystem sound;
        std::jthread device([&sound](const std::stop_token& stop) {
            const std::vector<float> block = tone(0.01);
            while (!stop.stop_requested()) {
                sound.deliver(block);
            }
        });
        Capture capture([&sound] { return std::make_unique<FakeBackend>(sound); }, {});
        capture.start("");
        if (round % 2 == 1) {
            capture.stop();
        }
        if (round % 3 == 1) {
            sound.unplug();
        }
    }
}

} // namespace
} // namespace phial::audio
