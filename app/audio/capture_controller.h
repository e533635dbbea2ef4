// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/capture.h"
#include "app/base/gui_inbox.h"

#include <QObject>
#include <QString>

#include <memory>
#include <mutex>
#include <vector>

namespace phial::audio {

/// The microphone for a window: Capture with signals instead of callbacks. Lives in the GUI thread;
/// every signal is emitted there through the event loop. Level readings are merged while the event
/// loop is busy, never piled up.
class CaptureController : public QObject {
    Q_OBJECT

public:
    /// `makeBackend` runs on the capture thread; see Capture.
    explicit CaptureController(Capture::MakeBackend makeBackend, QObject* parent = nullptr,
                               CaptureLimits limits = {});
    ~CaptureController() override;

    CaptureState state() const { return m_state; }

    /// Microphones.
    const std::vector<InputDevice>& devices() const { return m_devices; }

    /// Microphones, and what the computer plays where it can be recorded.
    const std::vector<InputDevice>& inputs() const { return m_inputs; }

    void refreshDevices();

    /// `deviceId` empty = the default microphone.
    void start(const QString& deviceId = {});
    void stop();
    void discard();

Q_SIGNALS:
    void stateChanged(phial::audio::CaptureState state);
    void healthChanged(phial::audio::SignalHealth health);
    void levelChanged(const phial::audio::CaptureReading& reading);
    void devicesChanged();
    /// A finished take; shared because the conversation, the request and the player keep it at the
    /// same time.
    void finished(const std::shared_ptr<const phial::audio::Recording>& recording);
    void failed(phial::audio::CaptureFailure failure, const QString& sentence);

private:
    CaptureEvents events();
    void flushReading();

    app::GuiInbox m_inbox;
    CaptureState m_state = CaptureState::Idle;
    std::vector<InputDevice> m_devices;
    std::vector<InputDevice> m_inputs;
    std::mutex m_mutex;
    CaptureReading m_reading;     ///< guarded by m_mutex
    bool m_readingPosted = false; ///< guarded by m_mutex
    std::unique_ptr<Capture>
        m_capture; ///< last member: its thread ends before anything it uses dies
};

} // namespace phial::audio
