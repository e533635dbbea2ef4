// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/audio_backend.h"
#include "app/audio/level_meter.h"
#include "app/audio/spsc_ring.h"
#include "inference/preprocess/media.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace phial::audio {

enum class CaptureState {
    Idle,      ///< not recording
    Opening,   ///< started; no sound has arrived yet, so nobody should be told to speak
    Recording, ///< sound arrives
    Stalled,   ///< the microphone is there but has sent nothing for more than a second
    Unplugged, ///< the microphone went away; what was recorded is kept and it is tried again
    Finishing, ///< stopped; the last words are still being taken in
};

/// Sound that is missing because the microphone was away.
struct Gap {
    double atSeconds = 0; ///< position in the recording
    double seconds = 0;   ///< how long nothing was recorded
};

enum class RecordingEnd { Stopped, LongestReached };

struct Recording {
    AudioClip clip; ///< mono, at the rate of the microphone; empty when nothing arrived
    std::vector<Gap> gaps;
    std::int64_t lostSamples = 0; ///< did not fit the ring because this program was too slow
    RecordingEnd end = RecordingEnd::Stopped;
};

struct CaptureReading {
    Level level;
    double elapsedSeconds = 0; ///< recorded so far
};

/// All of them are called on the capture thread and must return quickly. Unset ones are skipped.
struct CaptureEvents {
    std::function<void(CaptureState)> onState;
    std::function<void(SignalHealth)> onHealth;
    std::function<void(const CaptureReading&)> onLevel; ///< about 25 times a second while recording
    std::function<void(const std::vector<InputDevice>&)> onDevices;
    std::function<void(Recording)> onFinished;
    std::function<void(CaptureFailure, const std::string&)> onFailed; ///< nothing was recorded
};

/// Longest sound the model takes is 30 minutes; a forgotten recording ends there by itself.
struct CaptureLimits {
    double longestSeconds = 1800;
};

/// One microphone take after the other, as a state machine without a thread or a clock of its own:
/// step() is called every few hundredths of a second with the time. PortAudio reports neither a
/// stall nor an unplugged device as an error, so both are concluded here from what does not arrive.
/// All functions on one thread; only the FrameSink half is called by the sound system.
class CaptureSession final : private FrameSink {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// `backend` must outlive the session.
    CaptureSession(AudioBackend& backend, CaptureEvents events, CaptureLimits limits = {});
    ~CaptureSession();

    CaptureSession(const CaptureSession&) = delete;
    CaptureSession& operator=(const CaptureSession&) = delete;

    /// Asks what is plugged in and reports it. While a stream is open the last list is reported
    /// again, because PortAudio can look only when nothing runs.
    void refreshDevices();

    /// Begins a take; ignored during one. `deviceId` empty = the default microphone.
    void start(const std::string& deviceId, TimePoint now);

    /// Ends the take: what is on its way is still taken in, then onFinished follows from step().
    void stop(TimePoint now);

    /// Ends the take and forgets it.
    void discard();

    void step(TimePoint now);

    CaptureState state() const { return m_state; }

private:
    void onFrames(std::span<const float> mono) noexcept override;
    void onFinished() noexcept override;

    void setState(CaptureState state);
    void tryOpen(TimePoint now);
    void lookForSound(TimePoint now);
    void losePlug(TimePoint now);
    void closeStream();
    void drain();
    void report(TimePoint now);
    void finish(RecordingEnd end);
    double recordedSeconds() const;

    AudioBackend& m_backend;
    CaptureEvents m_events;
    CaptureLimits m_limits;
    CaptureState m_state = CaptureState::Idle;
    std::vector<InputDevice> m_devices;
    std::string m_deviceId;
    Recording m_recording;
    std::optional<LevelMeter> m_meter;
    SignalHealth m_health = SignalHealth::Good;
    int m_busyTries = 0;
    std::int64_t m_seen = 0; ///< value of m_arrived at the last look
    TimePoint m_lastArrival;
    TimePoint m_nextTry;
    TimePoint m_finishAt;
    TimePoint m_lastReport;
    std::optional<TimePoint> m_awaySince; ///< set while a gap is open

    // Written by the sound system's thread.
    SpscRing m_ring;
    std::atomic<std::int64_t> m_arrived{0};
    std::atomic<std::int64_t> m_lost{0};
    std::atomic<bool> m_ended{false};

    std::unique_ptr<AudioStream>
        m_stream; ///< last member: closed before the ring it writes to dies
};

} // namespace phial::audio
