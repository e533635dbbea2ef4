// SPDX-License-Identifier: MIT
#include "app/recorder/recorder.h"

#include "app/recorder/keep_awake.h"

#include <array>
#include <ctime>
#include <optional>
#include <utility>

namespace phial::recorder {
namespace {

using namespace std::chrono_literals;

/// With kWriteEvery this bounds what a killed process loses: 100 + 20 ms and the device's own
/// buffer.
constexpr auto kStep = 20ms;
constexpr auto kIdleStep = 500ms;

Moment currentMoment() {
    return {.steady = std::chrono::steady_clock::now(), .wall = std::chrono::system_clock::now()};
}

} // namespace

std::string utcTime(std::chrono::system_clock::time_point time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    const std::size_t length =
        std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text.data(), length};
}

std::string utcNow() {
    return utcTime(std::chrono::system_clock::now());
}

Recorder::Recorder(MakeBackend makeBackend, RecordingFiles& files, RecorderEvents events)
    : m_makeBackend(std::move(makeBackend))
    , m_files(files)
    , m_events(std::move(events))
    , m_thread([this](const std::stop_token& stop) { run(stop); }) {}

Recorder::~Recorder() = default;

void Recorder::start(RecorderOptions options) {
    post([options = std::move(options)](RecorderSession& session, Moment now) mutable {
        if (options.startedUtc.empty()) {
            options.startedUtc = utcTime(now.wall);
        }
        session.start(std::move(options), now);
    });
}

void Recorder::pause() {
    post([](RecorderSession& session, Moment now) { session.pause(now); });
}

void Recorder::resume() {
    post([](RecorderSession& session, Moment now) { session.resume(now); });
}

void Recorder::stop() {
    post([](RecorderSession& session, Moment now) { session.stop(now); });
}

void Recorder::bookmark(std::string label) {
    post([label = std::move(label)](RecorderSession& session, Moment) { session.bookmark(label); });
}

void Recorder::note(std::string text) {
    post([text = std::move(text)](RecorderSession& session, Moment) { session.note(text); });
}

void Recorder::switchDevice(std::string device) {
    post([device = std::move(device)](RecorderSession& session, Moment now) {
        session.switchDevice(device, now);
    });
}

void Recorder::post(Command command) {
    {
        const std::scoped_lock lock(m_mutex);
        m_commands.push_back(std::move(command));
    }
    m_wake.notify_one();
}

void Recorder::run(const std::stop_token& stop) {
    const std::unique_ptr<audio::AudioBackend> backend = m_makeBackend();
    RecorderSession session(*backend, m_files, m_events);
    std::optional<KeepAwake> awake;
    while (!stop.stop_requested()) {
        std::vector<Command> commands;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait_for(lock, stop, session.state() == RecorderState::Idle ? kIdleStep : kStep,
                            [&] { return !m_commands.empty(); });
            commands.swap(m_commands);
        }
        for (const Command& command : commands) {
            command(session, currentMoment());
        }
        session.step(currentMoment());
        const bool records = session.state() != RecorderState::Idle;
        if (records && !awake) {
            awake.emplace("A meeting is recorded"); // after the microphone was opened: it may wait
        } else if (!records) {
            awake.reset();
        }
    }
    session.stop(currentMoment());
}

} // namespace phial::recorder
