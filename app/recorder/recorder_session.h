// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/audio_backend.h"
#include "app/audio/level_meter.h"
#include "app/audio/spsc_ring.h"
#include "app/recorder/session_writer.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace phial::recorder {

enum class RecorderState {
    Idle,
    Opening,   ///< started; no sound has arrived yet
    Recording, ///< sound arrives and is written
    Paused,    ///< by the user
    Stalled,   ///< the microphone is there but has sent nothing for more than a second
    Unplugged, ///< no microphone is there; it is looked for twice a second. A second source goes on
};

struct RecorderReading {
    audio::Level level; ///< of all channels together
    double recordedSeconds = 0;
    double diskSecondsLeft = -1; ///< negative while unknown
    std::int64_t lostFrames = 0; ///< did not fit the ring because this program was too slow
};

struct FinishedRecording {
    std::filesystem::path folder;
    std::vector<RecordingPart> parts;
};

/// Called on the thread of step(); must return quickly. Unset ones are skipped.
struct RecorderEvents {
    std::function<void(RecorderState)> onState;
    std::function<void(audio::SignalHealth)> onHealth;
    std::function<void(const RecorderReading&)> onReading; ///< about 25 times a second
    std::function<void(DiskEvent, const std::string&)> onDisk;
    std::function<void(const FinishedRecording&)> onFinished;
    std::function<void(const std::string&)> onFailed; ///< nothing was recorded: one sentence
    std::function<void()> onReplaced; ///< the default microphone took over from one that stays away
};

struct RecorderOptions {
    std::filesystem::path folder;       ///< of this recording
    std::filesystem::path fallbackRoot; ///< see WriterOptions
    std::string startedUtc;
    std::string device; ///< microphone; empty = the default one
    /// A second source on a channel of its own, as the monitor of the loudspeakers: "me" and
    /// "others". Unset = one channel.
    std::optional<std::string> secondDevice;
};

/// What the two clocks show. The steady one stands still while the computer sleeps, so the
/// difference tells how long it slept.
struct Moment {
    std::chrono::steady_clock::time_point steady;
    std::chrono::system_clock::time_point wall;
};

/// One meeting recording after the other, as a state machine without a thread or a clock: step() is
/// called every few hundredths of a second. Needs no model. The session outlives its microphones: a
/// lost one is looked for until it is back or another is there, and the gap is noted. All functions
/// on one thread; only the sinks are called by the sound system.
class RecorderSession {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// Both must outlive the session.
    RecorderSession(audio::AudioBackend& backend, RecordingFiles& files, RecorderEvents events);
    ~RecorderSession();

    RecorderSession(const RecorderSession&) = delete;
    RecorderSession& operator=(const RecorderSession&) = delete;

    /// Opens the microphone and then the file; ignored during a recording.
    void start(RecorderOptions options, Moment now);

    void pause(Moment now);
    void resume(Moment now);

    /// Takes in what has arrived, closes the files and tells onFinished.
    void stop(Moment now);

    void bookmark(const std::string& label);
    void note(const std::string& text);

    /// Goes on with another microphone without ending the recording.
    void switchDevice(const std::string& device, Moment now);

    void step(Moment now);

    RecorderState state() const { return m_state; }

private:
    class Source;

    void setState(RecorderState state);
    bool openSource(Source& source, Moment now);
    void openMissing(Moment now);
    void lookForDevices(Moment now);
    void losePlugs(Moment now);
    void lookForSound(Moment now);
    void noticeSleep(Moment now);
    bool startWriter(Moment now);
    void drain();
    void report(Moment now);
    void end(const std::string& reason);
    bool anyOpen() const;

    audio::AudioBackend& m_backend;
    RecordingFiles& m_files;
    RecorderEvents m_events;
    RecorderOptions m_options;
    RecorderState m_state = RecorderState::Idle;
    std::optional<SessionWriter> m_writer;
    std::optional<audio::LevelMeter> m_meter;
    audio::SignalHealth m_health = audio::SignalHealth::Good;
    int m_rateHz = 0;
    Moment m_started{};
    Moment m_last{};
    TimePoint m_nextTry;
    TimePoint m_nextLook; ///< not before, what is open is closed to look for new devices
    TimePoint m_lastReport;
    TimePoint m_pausedAt;
    std::string m_whyNot; ///< the sound system's sentence about the microphone, at the last try
    std::int64_t m_lostNoted = 0;
    std::vector<float> m_mixed; ///< scratch of drain()
    /// Last member: streams close before anything their sinks use dies.
    std::vector<std::unique_ptr<Source>> m_sources;
};

} // namespace phial::recorder
