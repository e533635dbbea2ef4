// SPDX-License-Identifier: MIT
#include "app/audio/capture_controller.h"

#include <algorithm>
#include <utility>

namespace phial::audio {

CaptureController::CaptureController(Capture::MakeBackend makeBackend, QObject* parent,
                                     CaptureLimits limits)
    : QObject(parent)
    , m_capture(std::make_unique<Capture>(std::move(makeBackend), events(), limits)) {}

CaptureController::~CaptureController() = default;

void CaptureController::refreshDevices() {
    m_capture->refreshDevices();
}

void CaptureController::start(const QString& deviceId) {
    m_capture->start(deviceId.toStdString());
}

void CaptureController::stop() {
    m_capture->stop();
}

void CaptureController::discard() {
    m_capture->discard();
}

CaptureEvents CaptureController::events() {
    // Each of these runs on the capture thread and only posts.
    CaptureEvents events;
    events.onState = [this](CaptureState state) {
        m_inbox.post([this, state] {
            m_state = state;
            Q_EMIT stateChanged(state);
        });
    };
    events.onHealth = [this](SignalHealth health) {
        m_inbox.post([this, health] { Q_EMIT healthChanged(health); });
    };
    events.onLevel = [this](const CaptureReading& reading) {
        const std::scoped_lock lock(m_mutex);
        // A reading that nobody has seen yet is merged, so that no peak and no clipping is lost.
        const Level before = m_readingPosted ? m_reading.level : Level{};
        m_reading = reading;
        m_reading.level.peak = std::max(before.peak, reading.level.peak);
        m_reading.level.clipped = before.clipped || reading.level.clipped;
        if (!std::exchange(m_readingPosted, true)) {
            m_inbox.post([this] { flushReading(); });
        }
    };
    events.onDevices = [this](const std::vector<InputDevice>& devices) {
        m_inbox.post([this, devices] {
            m_inputs = devices;
            m_devices = devices;
            // No microphone: it is offered as the second channel of a meeting only.
            std::erase_if(m_devices,
                          [](const InputDevice& device) { return device.isSystemAudio; });
            Q_EMIT devicesChanged();
        });
    };
    events.onFinished = [this](Recording recording) {
        m_inbox.post([this, shared = std::make_shared<const Recording>(std::move(recording))] {
            Q_EMIT finished(shared);
        });
    };
    events.onFailed = [this](CaptureFailure failure, const std::string& sentence) {
        m_inbox.post([this, failure, text = QString::fromStdString(sentence)] {
            Q_EMIT failed(failure, text);
        });
    };
    return events;
}

void CaptureController::flushReading() {
    CaptureReading reading;
    {
        const std::scoped_lock lock(m_mutex);
        reading = m_reading;
        m_readingPosted = false;
    }
    Q_EMIT levelChanged(reading);
}

} // namespace phial::audio
