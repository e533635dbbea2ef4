// SPDX-License-Identifier: MIT
#include "app/audio/capture_controller.h"
#include "tests/app/fake_audio.h"
#include "tests/app/spin_until.h"

#include <QCoreApplication>

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

namespace phial::audio {
namespace {

using test::spinUntil;

class CaptureControllerTest : public testing::Test {
protected:
    CaptureControllerTest() {
        QObject::connect(&m_controller, &CaptureController::levelChanged, &m_controller,
                         [this](const CaptureReading& reading) {
                             m_peak = std::max(m_peak, reading.level.peak);
                         });
        QObject::connect(&m_controller, &CaptureController::finished, &m_controller,
                         [this](const std::shared_ptr<const Recording>& take) { m_take = take; });
        QObject::connect(&m_controller, &CaptureController::failed, &m_controller,
                         [this](CaptureFailure failure, const QString&) { m_failure = failure; });
    }

    FakeSoundSystem m_sound;
    float m_peak = 0;
    std::shared_ptr<const Recording> m_take;
    std::optional<CaptureFailure> m_failure;
    CaptureController m_controller{[this] { return std::make_unique<FakeBackend>(m_sound); }};
};

TEST_F(CaptureControllerTest, TellsTheWindowWhatIsRecorded) {
    ASSERT_TRUE(spinUntil([&] { return m_controller.devices().size() == 2; }));
    m_controller.start();
    // Open, but nothing has arrived: nobody should speak yet.
    ASSERT_TRUE(spinUntil(
        [&] { return m_sound.isOpen() && m_controller.state() == CaptureState::Opening; }));
    const std::vector<float> block(800, 0.5F);
    m_sound.deliver(block);
    ASSERT_TRUE(
        spinUntil([&] { return m_controller.state() == CaptureState::Recording && m_peak > 0; }));
    EXPECT_FLOAT_EQ(m_peak, 0.5F);
    m_controller.stop();
    ASSERT_TRUE(spinUntil([&] { return m_take != nullptr; }));
    EXPECT_EQ(m_take->clip.samples, block);
    EXPECT_EQ(m_controller.state(), CaptureState::Idle);
}

TEST_F(CaptureControllerTest, TellsWhyAMicrophoneCannotBeUsed) {
    m_controller.start(QStringLiteral("Fake/gone"));
    ASSERT_TRUE(spinUntil([&] { return m_failure.has_value(); }));
    EXPECT_EQ(m_failure, CaptureFailure::NotConnected);
    m_sound.setDevices({});
    m_controller.refreshDevices();
    ASSERT_TRUE(spinUntil([&] { return m_controller.devices().empty(); }));
}

TEST_F(CaptureControllerTest, ForgetsADiscardedTake) {
    m_controller.start();
    ASSERT_TRUE(spinUntil([&] { return m_sound.deliver({0.5F, 0.5F}); }));
    m_controller.discard();
    ASSERT_TRUE(
        spinUntil([&] { return !m_sound.isOpen() && m_controller.state() == CaptureState::Idle; }));
    EXPECT_EQ(m_take, nullptr);
}

} // namespace
} // namespace phial::audio
