// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/capture_session.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace phial::audio {

/// The microphone on a thread of its own, so that neither opening a device nor asking for the list
/// can hold up a window. All functions may be called from any thread and return at once; they are
/// carried out in order. Events come on the capture thread. The destructor discards a running take
/// and joins; no event follows it. While the sound server is frozen, it and all commands wait for
/// it.
class Capture {
public:
    using MakeBackend = std::function<std::unique_ptr<AudioBackend>()>;

    /// `makeBackend` is called, and its result used and destroyed, on the capture thread.
    Capture(MakeBackend makeBackend, CaptureEvents events, CaptureLimits limits = {});
    ~Capture();

    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;

    void refreshDevices();
    void start(std::string deviceId);
    void stop();
    void discard();

private:
    using Command = std::function<void(CaptureSession&)>;

    void post(Command command);
    void run(const std::stop_token& stop);

    MakeBackend m_makeBackend;
    CaptureEvents m_events;
    CaptureLimits m_limits;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::vector<Command> m_commands; ///< guarded by m_mutex
    std::jthread m_thread;           ///< last member: joined before anything it uses dies
};

} // namespace phial::audio
