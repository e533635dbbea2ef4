// SPDX-License-Identifier: MIT
#include "app/audio/capture_session.h"

#include <algorithm>
#include <array>
#include <utility>

namespace phial::audio {
namespace {

using namespace std::chrono_literals;

constexpr auto kStallAfter = 1s;
constexpr auto kReportEvery = 40ms;
constexpr auto kRetryEvery = 500ms;
constexpr auto kBusyRetryEvery = 100ms;
constexpr int kBusyTries = 5;
/// People release the key while still speaking the last syllable.
constexpr auto kTail = 300ms;
/// After a stall the backlog arrives in one burst; this is 20 s at 48 kHz.
constexpr std::size_t kRingSamples = std::size_t{1} << 20;

} // namespace

CaptureSession::CaptureSession(AudioBackend& backend, CaptureEvents events, CaptureLimits limits)
    : m_backend(backend)
    , m_events(std::move(events))
    , m_limits(limits)
    , m_ring(kRingSamples) {}

CaptureSession::~CaptureSession() {
    closeStream();
}

void CaptureSession::onFrames(std::span<const float> mono) noexcept {
    const std::size_t taken = m_ring.write(mono);
    m_arrived.fetch_add(static_cast<std::int64_t>(mono.size()), std::memory_order_relaxed);
    if (taken < mono.size()) {
        m_lost.fetch_add(static_cast<std::int64_t>(mono.size() - taken), std::memory_order_relaxed);
    }
}

void CaptureSession::onFinished() noexcept {
    m_ended.store(true, std::memory_order_release);
}

void CaptureSession::refreshDevices() {
    if (m_stream == nullptr) {
        m_devices = m_backend.rescan();
    }
    if (m_events.onDevices) {
        m_events.onDevices(m_devices);
    }
}

void CaptureSession::start(const std::string& deviceId, TimePoint now) {
    if (m_state != CaptureState::Idle) {
        return;
    }
    m_deviceId = deviceId;
    drain(); // what came between the last look and the end of the take before
    m_recording = {};
    m_meter.reset();
    m_health = SignalHealth::Good;
    m_awaySince.reset();
    m_busyTries = 0;
    m_lost.store(0, std::memory_order_relaxed);
    setState(CaptureState::Opening);
    tryOpen(now);
}

void CaptureSession::stop(TimePoint now) {
    switch (m_state) {
    case CaptureState::Idle:
    case CaptureState::Finishing:
        return;
    case CaptureState::Opening:
    case CaptureState::Recording:
        m_finishAt = now + kTail;
        setState(CaptureState::Finishing);
        return;
    case CaptureState::Stalled:
    case CaptureState::Unplugged:
        finish(RecordingEnd::Stopped);
        return;
    }
}

void CaptureSession::discard() {
    setState(CaptureState::Idle);
    closeStream();
    drain();
    m_recording = {};
}

void CaptureSession::step(TimePoint now) {
    if (m_state == CaptureState::Idle) {
        return;
    }
    if (m_stream == nullptr) {
        if (m_state == CaptureState::Finishing) {
            finish(RecordingEnd::Stopped);
        } else if (now >= m_nextTry) {
            tryOpen(now);
        }
        return;
    }
    // Read before draining: everything that was written before the end is then in the ring.
    const bool ended = m_ended.load(std::memory_order_acquire);
    drain();
    lookForSound(now);
    report(now);
    if (recordedSeconds() >= m_limits.longestSeconds) {
        finish(RecordingEnd::LongestReached);
    } else if (m_state == CaptureState::Finishing) {
        if (ended || now >= m_finishAt) {
            finish(RecordingEnd::Stopped);
        }
    } else if (ended) {
        losePlug(now);
    }
}

void CaptureSession::setState(CaptureState state) {
    if (state == m_state) {
        return;
    }
    m_state = state;
    if (m_events.onState) {
        m_events.onState(state);
    }
}

void CaptureSession::tryOpen(TimePoint now) {
    std::optional<int> rateHz;
    if (m_recording.clip.sampleRateHz > 0 && !m_recording.clip.samples.empty()) {
        rateHz = m_recording.clip.sampleRateHz; // one recording has one rate
    }
    m_ended.store(false, std::memory_order_relaxed);
    OpenResult opened = m_backend.open(m_deviceId, rateHz, *this);
    if (opened.stream == nullptr) {
        // The list may be older than the microphone.
        m_devices = m_backend.rescan();
        if (m_events.onDevices) {
            m_events.onDevices(m_devices);
        }
        opened = m_backend.open(m_deviceId, rateHz, *this);
    }
    if (opened.stream != nullptr) {
        m_stream = std::move(opened.stream);
        m_lastArrival = now;
        m_seen = m_arrived.load(std::memory_order_relaxed);
        if (!m_meter) {
            m_recording.clip.sampleRateHz = m_stream->sampleRateHz();
            m_meter.emplace(m_stream->sampleRateHz());
        }
        return;
    }
    if (m_state == CaptureState::Unplugged) {
        m_nextTry = now + kRetryEvery;
        return;
    }
    if (opened.failure == CaptureFailure::Busy && ++m_busyTries < kBusyTries) {
        m_nextTry = now + kBusyRetryEvery;
        return;
    }
    setState(CaptureState::Idle);
    if (m_events.onFailed) {
        m_events.onFailed(opened.failure, opened.reason);
    }
}

void CaptureSession::lookForSound(TimePoint now) {
    const std::int64_t arrived = m_arrived.load(std::memory_order_relaxed);
    if (arrived != m_seen) {
        m_seen = arrived;
        m_lastArrival = now;
        if (m_awaySince) {
            m_recording.gaps.back().seconds =
                std::chrono::duration<double>(now - *m_awaySince).count();
            m_awaySince.reset();
        }
        if (m_state != CaptureState::Finishing) {
            setState(CaptureState::Recording);
        }
    } else if (now - m_lastArrival > kStallAfter &&
               (m_state == CaptureState::Recording || m_state == CaptureState::Opening)) {
        setState(CaptureState::Stalled);
    }
}

void CaptureSession::losePlug(TimePoint now) {
    closeStream();
    drain();
    if (!m_awaySince) {
        m_awaySince = now;
        m_recording.gaps.push_back({.atSeconds = recordedSeconds()});
    }
    m_nextTry = now + kRetryEvery;
    setState(CaptureState::Unplugged);
}

void CaptureSession::closeStream() {
    m_stream.reset();
}

void CaptureSession::drain() {
    std::array<float, 4096> block{};
    // One ring full is all that can have arrived before this call: what keeps pouring in is for the
    // next step, or a source faster than real time would hold up a stop for ever.
    for (std::size_t left = m_ring.capacity(); left > 0;) {
        const std::size_t count =
            m_ring.read(std::span<float>(block).first(std::min(left, block.size())));
        if (count == 0) {
            break;
        }
        left -= count;
        const std::span<const float> samples(block.data(), count);
        m_recording.clip.samples.insert(m_recording.clip.samples.end(), samples.begin(),
                                        samples.end());
        if (m_meter) {
            m_meter->add(samples);
        }
    }
}

void CaptureSession::report(TimePoint now) {
    if (!m_meter) {
        return;
    }
    const SignalHealth health = m_meter->health();
    if (health != m_health) {
        m_health = health;
        if (m_events.onHealth) {
            m_events.onHealth(health);
        }
    }
    if (now - m_lastReport >= kReportEvery) {
        m_lastReport = now;
        if (m_events.onLevel) {
            m_events.onLevel({.level = m_meter->takeLevel(), .elapsedSeconds = recordedSeconds()});
        }
    }
}

void CaptureSession::finish(RecordingEnd end) {
    // A frozen sound server holds up the closing for as long as it is frozen. Nothing more comes
    // from it, so the recording need not wait.
    const bool frozen = m_state == CaptureState::Stalled;
    if (!frozen) {
        closeStream();
    }
    drain();
    m_recording.end = end;
    m_recording.lostSamples = m_lost.load(std::memory_order_relaxed);
    Recording recording = std::exchange(m_recording, {});
    setState(CaptureState::Idle);
    if (m_events.onFinished) {
        m_events.onFinished(std::move(recording));
    }
    closeStream();
}

double CaptureSession::recordedSeconds() const {
    return static_cast<double>(m_recording.clip.samples.size()) / m_recording.clip.sampleRateHz;
}

} // namespace phial::audio
