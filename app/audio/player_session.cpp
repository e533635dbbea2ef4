// SPDX-License-Identifier: MIT
#include "app/audio/player_session.h"

#include "inference/base/error.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace phial::audio {
namespace {

/// As much as may be late when the computer is busy; a click answers after none of it, because a
/// jump begins with a new ring.
constexpr double kAheadSeconds = 0.4;

} // namespace

/// What waits to be played. Silence while it is empty, which does not count as played.
class PlayerSession::Ring final : public FrameFiller {
public:
    explicit Ring(std::size_t capacity)
        : m_ring(capacity) {}

    void fill(std::span<float> out) noexcept override {
        const std::size_t got = m_ring.read(out);
        std::fill(out.begin() + static_cast<std::ptrdiff_t>(got), out.end(), 0.0F);
        m_played.fetch_add(got, std::memory_order_release);
    }

    std::size_t write(std::span<const float> samples) {
        const std::size_t took = m_ring.write(samples);
        m_written += took;
        return took;
    }

    std::size_t played() const { return m_played.load(std::memory_order_acquire); }

    bool drained() const { return played() == m_written; }

private:
    SpscRing m_ring;
    std::size_t m_written = 0;
    std::atomic<std::size_t> m_played{0};
};

PlayerSession::PlayerSession(AudioOutput& output)
    : m_output(output) {}

PlayerSession::~PlayerSession() = default;

void PlayerSession::setSound(OpenSound open) {
    m_stream.reset();
    m_ring.reset();
    m_reader.reset();
    m_open = std::move(open);
    m_loop.reset();
    m_startSeconds = 0;
    m_state = PlayerState::Stopped;
}

double PlayerSession::seconds() const {
    if (m_ring == nullptr) {
        return m_startSeconds;
    }
    const double at =
        m_startSeconds + static_cast<double>(m_ring->played()) / m_outputRateHz * m_speed;
    if (m_loop && m_loop->to > m_loop->from && at > m_loop->to) {
        return m_loop->from + std::fmod(at - m_loop->from, m_loop->to - m_loop->from);
    }
    return at;
}

std::optional<std::string> PlayerSession::play() {
    if (m_state == PlayerState::Playing || !m_open) {
        return std::nullopt;
    }
    m_state = PlayerState::Playing;
    return restart();
}

void PlayerSession::pause() {
    if (m_state == PlayerState::Playing) {
        m_startSeconds = seconds();
        m_stream.reset();
        m_ring.reset();
        m_state = PlayerState::Paused;
    }
}

std::optional<std::string> PlayerSession::seek(double seconds) {
    m_stream.reset();
    m_ring.reset();
    m_startSeconds = std::max(0.0, seconds);
    return m_state == PlayerState::Playing ? restart() : std::nullopt;
}

std::optional<std::string> PlayerSession::setSpeed(double speed) {
    const double at = seconds();
    m_speed = std::clamp(speed, TimeStretch::kSlowest, TimeStretch::kFastest);
    return seek(at);
}

std::optional<std::string> PlayerSession::setLoop(std::optional<Stretch> loop) {
    const double at = seconds();
    m_loop = loop;
    return seek(loop && (at < loop->from || at > loop->to) ? loop->from : at);
}

std::optional<std::string> PlayerSession::restart() {
    try {
        m_stream.reset();
        if (m_reader == nullptr) {
            m_reader = m_open();
        }
        m_readFrame = std::llround(m_startSeconds * m_reader->rateHz());
        m_reader->seek(m_readFrame);
        m_atEnd = false;
        m_made.clear();
        m_madeUsed = 0;
        m_resampleAt = 0;
        m_resampleLast = 0;
        m_stretch.reset();
        if (std::abs(m_speed - 1) > 1e-3) {
            m_stretch.emplace(m_reader->rateHz(), m_speed);
        }
        std::string reason;
        for (const bool native : {false, true}) {
            const int rate = native ? m_output.nativeRateHz() : m_reader->rateHz();
            m_outputRateHz = rate;
            m_ring = std::make_unique<Ring>(static_cast<std::size_t>(kAheadSeconds * rate));
            refill(); // before it starts, so that it begins with sound
            OutputResult opened = m_output.open(rate, *m_ring);
            if (opened.stream != nullptr) {
                m_stream = std::move(opened.stream);
                return std::nullopt;
            }
            reason = opened.reason;
            m_reader->seek(m_readFrame = std::llround(m_startSeconds * m_reader->rateHz()));
            m_made.clear();
            m_madeUsed = 0;
            m_atEnd = false;
        }
        m_ring.reset();
        m_state = PlayerState::Paused;
        return reason;
    } catch (const Error& error) {
        m_stream.reset();
        m_ring.reset();
        m_reader.reset();
        m_state = PlayerState::Paused;
        return std::string(error.what());
    }
}

void PlayerSession::refill() {
    while (true) {
        if (m_madeUsed == m_made.size()) {
            m_made.clear();
            m_madeUsed = 0;
            if (m_atEnd) {
                return;
            }
            produce();
            continue;
        }
        const std::size_t took = m_ring->write(std::span<const float>(m_made).subspan(m_madeUsed));
        m_madeUsed += took;
        if (m_madeUsed < m_made.size()) {
            return; // full
        }
    }
}

/// Makes the next piece of sound for the ring: one channel, at the speed and the output's rate.
void PlayerSession::produce() {
    const int rate = m_reader->rateHz();
    if (m_loop && static_cast<double>(m_readFrame) / rate >= m_loop->to) {
        m_readFrame = std::llround(m_loop->from * rate);
        m_reader->seek(m_readFrame);
    }
    std::vector<float> mono;
    if (!m_reader->read(m_block)) {
        m_atEnd = true;
    } else {
        const auto channels = static_cast<std::size_t>(m_reader->channels());
        std::size_t frames = m_block.size() / channels;
        if (m_loop) {
            const auto left =
                std::max<std::int64_t>(1, std::llround(m_loop->to * rate) - m_readFrame);
            frames = std::min(frames, static_cast<std::size_t>(left));
        }
        mono.resize(frames);
        for (std::size_t i = 0; i < frames; ++i) {
            float sum = 0;
            for (std::size_t c = 0; c < channels; ++c) {
                sum += m_block[i * channels + c];
            }
            mono[i] = sum / static_cast<float>(channels);
        }
        m_readFrame += static_cast<std::int64_t>(frames);
    }
    if (m_stretch) {
        std::vector<float> stretched;
        m_stretch->push(mono, stretched);
        if (m_atEnd) {
            m_stretch->finish(stretched);
        }
        mono.swap(stretched);
    }
    if (m_outputRateHz == rate) {
        m_made.swap(mono);
        return;
    }
    // Straight lines between samples: only for loudspeakers that refuse the recording's own rate.
    const double step = static_cast<double>(rate) / m_outputRateHz;
    for (const float sample : mono) {
        while (m_resampleAt < 1) {
            m_made.push_back(m_resampleLast +
                             static_cast<float>(m_resampleAt) * (sample - m_resampleLast));
            m_resampleAt += step;
        }
        m_resampleAt -= 1;
        m_resampleLast = sample;
    }
}

std::optional<std::string> PlayerSession::step() {
    if (m_state != PlayerState::Playing) {
        return std::nullopt;
    }
    try {
        refill();
    } catch (const Error& error) {
        pause();
        m_reader.reset();
        return std::string(error.what());
    }
    if (m_atEnd && m_made.empty() && m_ring->drained()) {
        m_stream.reset();
        m_ring.reset();
        m_startSeconds = 0;
        m_state = PlayerState::Stopped;
    }
    return std::nullopt;
}

} // namespace phial::audio
