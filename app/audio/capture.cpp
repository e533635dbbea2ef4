// SPDX-License-Identifier: MIT
#include "app/audio/capture.h"

#include <utility>

namespace phial::audio {
namespace {

using Clock = std::chrono::steady_clock;

/// Half a level report: nothing is late by more than that.
constexpr std::chrono::milliseconds kStepEvery{20};

} // namespace

Capture::Capture(MakeBackend makeBackend, CaptureEvents events, CaptureLimits limits)
    : m_makeBackend(std::move(makeBackend))
    , m_events(std::move(events))
    , m_limits(limits)
    , m_thread([this](const std::stop_token& stop) { run(stop); }) {}

Capture::~Capture() = default;

void Capture::refreshDevices() {
    post([](CaptureSession& session) { session.refreshDevices(); });
}

void Capture::start(std::string deviceId) {
    post([id = std::move(deviceId)](CaptureSession& session) { session.start(id, Clock::now()); });
}

void Capture::stop() {
    post([](CaptureSession& session) { session.stop(Clock::now()); });
}

void Capture::discard() {
    post([](CaptureSession& session) { session.discard(); });
}

void Capture::post(Command command) {
    {
        const std::scoped_lock lock(m_mutex);
        m_commands.push_back(std::move(command));
    }
    m_wake.notify_one();
}

void Capture::run(const std::stop_token& stop) {
    const std::unique_ptr<AudioBackend> backend = m_makeBackend();
    CaptureSession session(*backend, m_events, m_limits);
    session.refreshDevices();
    while (!stop.stop_requested()) {
        std::vector<Command> commands;
        {
            std::unique_lock lock(m_mutex);
            const auto hasWork = [this] { return !m_commands.empty(); };
            if (session.state() == CaptureState::Idle) {
                m_wake.wait(lock, stop, hasWork);
            } else {
                m_wake.wait_for(lock, stop, kStepEvery, hasWork);
            }
            commands.swap(m_commands);
        }
        for (const Command& command : commands) {
            command(session);
        }
        session.step(Clock::now());
    }
}

} // namespace phial::audio
