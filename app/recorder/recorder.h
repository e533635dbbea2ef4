// SPDX-License-Identifier: MIT
#pragma once

#include "app/recorder/recorder_session.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace phial::recorder {

/// Meeting recording on a thread of its own, which drains the microphone's ring and writes to the
/// disk. Neither a model, a window nor a library is needed, so none of them can hurt a recording.
/// All functions may be called from any thread and return at once; they are carried out in order.
/// Events come on the recorder thread. The destructor ends a running recording in an orderly way
/// and joins.
class Recorder {
public:
    using MakeBackend = std::function<std::unique_ptr<audio::AudioBackend>()>;

    /// `makeBackend` is called, and its result used and destroyed, on the recorder thread. `files`
    /// must outlive the recorder.
    Recorder(MakeBackend makeBackend, RecordingFiles& files, RecorderEvents events);
    ~Recorder();

    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    /// `options.startedUtc` is filled in when it is empty.
    void start(RecorderOptions options);
    void pause();
    void resume();
    void stop();
    void bookmark(std::string label);
    void note(std::string text);
    void switchDevice(std::string device);

private:
    using Command = std::function<void(RecorderSession&, Moment)>;

    void post(Command command);
    void run(const std::stop_token& stop);

    MakeBackend m_makeBackend;
    RecordingFiles& m_files;
    RecorderEvents m_events;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::vector<Command> m_commands; ///< guarded by m_mutex
    std::jthread m_thread;           ///< last member: joined before anything it uses dies
};

/// "2026-11-21T05:20:00Z".
std::string utcTime(std::chrono::system_clock::time_point time);

/// That of this moment.
std::string utcNow();

} // namespace phial::recorder
