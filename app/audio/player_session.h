// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/audio_output.h"
#include "app/audio/sound_reader.h"
#include "app/audio/spsc_ring.h"
#include "app/audio/time_stretch.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace phial::audio {

enum class PlayerState { Stopped, Playing, Paused };

/// A stretch of a recording in seconds.
struct Stretch {
    double from = 0;
    double to = 0;
};

/// Plays one recording, as a state machine without a thread or a clock: step() is called every few
/// hundredths of a second. All functions on one thread; only the filler is called by the sound
/// system.
class PlayerSession {
public:
    using OpenSound = std::function<std::unique_ptr<SoundReader>()>;

    /// `output` must outlive the session.
    explicit PlayerSession(AudioOutput& output);
    ~PlayerSession();

    PlayerSession(const PlayerSession&) = delete;
    PlayerSession& operator=(const PlayerSession&) = delete;

    /// Another recording, from its beginning; it is opened when it is first played.
    void setSound(OpenSound open);

    /// Returns a sentence when it cannot be played, else nothing.
    std::optional<std::string> play();
    void pause();
    std::optional<std::string> seek(double seconds);

    /// Keeps the pitch; see TimeStretch.
    std::optional<std::string> setSpeed(double speed);

    /// Plays only this stretch, over and over; nothing = all of it.
    std::optional<std::string> setLoop(std::optional<Stretch> loop);

    std::optional<std::string> step();

    PlayerState state() const { return m_state; }

    double seconds() const;

private:
    class Ring;

    std::optional<std::string> restart();
    void refill();
    void produce();

    AudioOutput& m_output;
    OpenSound m_open;
    std::unique_ptr<SoundReader> m_reader;
    PlayerState m_state = PlayerState::Stopped;
    double m_speed = 1;
    std::optional<Stretch> m_loop;
    double m_startSeconds = 0; ///< of what the ring began with
    std::int64_t m_readFrame = 0;
    int m_outputRateHz = 0;
    double m_resampleAt = 0; ///< place between m_resampleLast and the next sample
    float m_resampleLast = 0;
    bool m_atEnd = false;
    std::optional<TimeStretch> m_stretch;
    std::vector<float> m_block;
    std::vector<float> m_made; ///< not yet in the ring
    std::size_t m_madeUsed = 0;
    std::unique_ptr<Ring> m_ring;
    std::unique_ptr<OutputStream> m_stream; ///< after m_ring, which its callback reads
};

} // namespace phial::audio
