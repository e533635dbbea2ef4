// SPDX-License-Identifier: MIT
// A recording beside an engine that fails, in the whole program with a window.
#include "inference/base/error.h"
#include "tests/recorder/scripted_sound.h"
#include "tests/recorder/wav_reader.h"
#include "tests/ui/meeting_session_fixture.h"
#include "ui/meeting/recording_bar.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <vector>

namespace phial::app {
namespace {

enum class Fault {
    None,
    DeviceLost,      ///< once: it is there again when the model is loaded again
    DeviceLostAgain, ///< as soon as it is used again, too
    DeviceGone,      ///< the model cannot be loaded again
    Thrown,          ///< a mistake of the engine
};

/// The engine answers when it is let go, and fails as it is told to, in the middle of a job.
class RecordingAndEngine : public MeetingSessionTest, public testing::WithParamInterface<Fault> {
protected:
    void startWithFaults() {
        run(services(
            [this](const EngineOptions&, const auto&, std::stop_token) -> std::unique_ptr<Engine> {
                ++m_loaded;
                if (m_fault == Fault::DeviceGone) {
                    throw Error(ErrorCode::DeviceLost, "The device is gone.");
                }
                auto engine = std::make_unique<meetings::AnsweringEngine>(
                    [](const Request&) { return "Once upon a time."; });
                engine->onWord = [this, word = 0]() mutable {
                    if (++word % 2 != 0) {
                        return; // a fault comes behind a word
                    }
                    m_inside = true;
                    while (m_hold) {
                        std::this_thread::yield();
                    }
                    fail();
                };
                return engine;
            }));
        QCoreApplication::processEvents();
    }

    void fail() {
        const Fault fault = m_fault;
        if (fault == Fault::DeviceLost) {
            m_fault = Fault::None; // it is there again when the job is done over
        }
        if (fault == Fault::Thrown) {
            throw std::runtime_error("a mistake in the engine");
        }
        if (fault != Fault::None) {
            throw Error(ErrorCode::DeviceLost, "The driver restarted.");
        }
    }

    /// The file that is being recorded into; empty before there is one.
    std::filesystem::path recorded() const {
        const meetings::MeetingStore store(path("data") / "meetings");
        for (const meetings::MeetingEntry& meeting : store.list()) {
            if (std::filesystem::exists(meeting.folder / "audio.wav")) {
                return meeting.folder / "audio.wav";
            }
        }
        return {};
    }

    /// The microphone hears 10 ms more. It waits for the disk, since no time passes here.
    void hear() {
        constexpr std::int64_t kBlock = 80;
        constexpr std::int64_t kAhead = 4000;
        std::error_code error;
        const auto bytes = std::filesystem::file_size(recorded(), error);
        const std::int64_t written = error ? 0 : static_cast<std::int64_t>(bytes) / 2;
        if (m_given < written + kAhead &&
            m_sound.deliver(recorder::countedBlock(m_given, kBlock))) {
            m_given += kBlock;
        }
    }

    template <typename Condition>
    bool hearUntil(Condition condition) {
        return waitFor([&] {
            hear();
            return condition();
        });
    }

    std::atomic<Fault> m_fault{Fault::None};
    std::atomic<bool> m_inside{false}; ///< the engine has begun to answer
    std::atomic<int> m_loaded{0};      ///< times that a model was
    std::int64_t m_given = 0;          ///< samples that the microphone heard
};

TEST_P(RecordingAndEngine, NotASampleIsLostWhenTheEngineFailsInTheMiddleOfAJob) {
    m_hold = true;
    startWithFaults();
    Q_EMIT window().recordingToggled();
    ASSERT_TRUE(hearUntil([&] { return m_given > 4000; }));
    const std::filesystem::path file = recorded();
    Q_EMIT window().importRequested({wavOf(1)});
    ASSERT_TRUE(hearUntil([&] { return m_inside.load(); }));
    m_fault = GetParam();
    m_hold = false;
    EXPECT_TRUE(hearUntil([&] {
        switch (GetParam()) {
        case Fault::DeviceLost: // done over
            return page().meeting().state == ui::TranscriptState::Done && lines() == 1;
        case Fault::DeviceGone: // waits for a model
            return m_loaded == 2;
        default:
            return says(QStringLiteral("failed; what was done is kept."));
        }
    }));
    EXPECT_EQ(m_loaded, GetParam() == Fault::Thrown ? 1 : 2);
    const std::int64_t given = m_given;
    ASSERT_TRUE(hearUntil([&] { return m_given > given + 4000; })) << "it goes on";
    Q_EMIT window().recordingToggled();
    ASSERT_TRUE(waitFor([&] { return says(QStringLiteral("The recording is saved")); }));
    const std::vector<std::int16_t> samples = recorder::readStrictly(file).samples;
    ASSERT_EQ(static_cast<std::int64_t>(samples.size()), m_given);
    std::int64_t wrong = 0;
    for (std::int64_t i = 0; i < m_given; ++i) {
        const auto counted = static_cast<std::int16_t>(recorder::counted(i) * 32768.0F);
        wrong += samples[static_cast<std::size_t>(i)] != counted ? 1 : 0;
    }
    EXPECT_EQ(wrong, 0);
}

std::string nameOf(const testing::TestParamInfo<Fault>& fault) {
    constexpr std::array<const char*, 5> kNames{"None", "DeviceLost", "DeviceLostAgain",
                                                "DeviceGone", "Thrown"};
    return kNames.at(static_cast<std::size_t>(fault.param));
}

INSTANTIATE_TEST_SUITE_P(Faults, RecordingAndEngine,
                         testing::Values(Fault::DeviceLost, Fault::DeviceLostAgain,
                                         Fault::DeviceGone, Fault::Thrown),
                         nameOf);

} // namespace
} // namespace phial::app
