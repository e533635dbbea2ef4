// SPDX-License-Identifier: MIT
#include "app/recorder/recorder_session.h"

#include "inference/base/error.h"

#include <algorithm>
#include <array>
#include <utility>

namespace phial::recorder {
namespace {

using namespace std::chrono_literals;

constexpr auto kStallAfter = 1s;
constexpr auto kReportEvery = 40ms;
constexpr auto kRetryEvery = 500ms;
/// How long the chosen microphone is waited for before the default one takes its place.
constexpr auto kOwnDeviceFirst = 2s;
constexpr auto kGiveUpOpeningAfter = 5s;
/// Each look for new devices costs the sources that are open a moment.
constexpr auto kLookEvery = 10s;
/// The clocks of a computer that is awake differ far less between two steps.
constexpr auto kSleptAtLeast = 5s;
/// 20 s at 48 kHz: a disk may hang that long without loss.
constexpr std::size_t kRingSamples = std::size_t{1} << 20U;
constexpr std::size_t kBlock = 4096;
/// Two devices have two clocks; beyond this the faster one is brought back.
constexpr double kMostSkewSeconds = 0.2;

double secondsBetween(std::chrono::steady_clock::time_point from,
                      std::chrono::steady_clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

} // namespace

/// One microphone and the ring that its sound arrives in.
class RecorderSession::Source final : public audio::FrameSink {
public:
    Source(std::string wanted, int number)
        : device(std::move(wanted))
        , channel(number)
        , m_ring(kRingSamples) {}

    void onFrames(std::span<const float> mono) noexcept override {
        const std::size_t taken = m_ring.write(mono);
        arrived.fetch_add(static_cast<std::int64_t>(mono.size()), std::memory_order_relaxed);
        m_waiting.fetch_add(taken, std::memory_order_release);
        if (taken < mono.size()) {
            lost.fetch_add(static_cast<std::int64_t>(mono.size() - taken),
                           std::memory_order_relaxed);
        }
    }

    void onFinished() noexcept override { ended.store(true, std::memory_order_release); }

    std::size_t waiting() const { return m_waiting.load(std::memory_order_acquire); }

    /// Fills `out` as far as there is sound.
    std::size_t read(std::span<float> out) {
        const std::size_t count = m_ring.read(out);
        m_waiting.fetch_sub(count, std::memory_order_relaxed);
        return count;
    }

    void skip(std::size_t count) {
        std::array<float, kBlock> block{};
        while (count > 0) {
            const std::size_t done = read(std::span(block).first(std::min(count, block.size())));
            if (done == 0) {
                return;
            }
            count -= done;
        }
    }

    std::string device;
    int channel;
    std::int64_t seen = 0; ///< value of `arrived` at the last look
    TimePoint lastArrival;
    std::optional<TimePoint> awaySince; ///< set while a gap is open
    bool stalled = false;

    std::atomic<std::int64_t> arrived{0};
    std::atomic<std::int64_t> lost{0};
    std::atomic<bool> ended{false};

private:
    audio::SpscRing m_ring;
    std::atomic<std::size_t> m_waiting{0};

public:
    std::unique_ptr<audio::AudioStream> stream; ///< last: closed before the ring it writes to dies
};

RecorderSession::RecorderSession(audio::AudioBackend& backend, RecordingFiles& files,
                                 RecorderEvents events)
    : m_backend(backend)
    , m_files(files)
    , m_events(std::move(events)) {}

RecorderSession::~RecorderSession() {
    if (m_state != RecorderState::Idle) {
        end("closed");
    }
}

void RecorderSession::start(RecorderOptions options, Moment now) {
    if (m_state != RecorderState::Idle) {
        return;
    }
    m_options = std::move(options);
    m_sources.clear();
    m_sources.push_back(std::make_unique<Source>(m_options.device, 0));
    if (m_options.secondDevice) {
        m_sources.push_back(std::make_unique<Source>(*m_options.secondDevice, 1));
    }
    m_writer.reset();
    m_meter.reset();
    m_health = audio::SignalHealth::Good;
    m_rateHz = 0;
    m_lostNoted = 0;
    m_started = now;
    m_last = now;
    m_lastReport = now.steady;
    m_nextLook = now.steady;
    setState(RecorderState::Opening);
    openMissing(now);
}

bool RecorderSession::openSource(Source& source, Moment now) {
    const std::optional<int> rate = m_rateHz > 0 ? std::optional(m_rateHz) : std::nullopt;
    source.ended.store(false, std::memory_order_relaxed);
    audio::OpenResult opened = m_backend.open(source.device, rate, source);
    const bool waitedLong = source.awaySince && now.steady - *source.awaySince >= kOwnDeviceFirst;
    // Another microphone will do; a microphone in place of the loudspeakers would be a lie.
    const bool microphone = source.channel == 0;
    if (opened.stream == nullptr && microphone && waitedLong && !source.device.empty()) {
        opened = m_backend.open({}, rate, source);
        if (opened.stream != nullptr && m_writer) {
            m_writer->note(
                {.kind = EntryKind::Device, .channel = source.channel, .text = "default"});
            if (m_events.onReplaced) {
                m_events.onReplaced();
            }
        }
    }
    if (opened.stream == nullptr) {
        if (microphone) {
            m_whyNot = opened.reason;
        }
        return false;
    }
    source.stream = std::move(opened.stream);
    source.lastArrival = now.steady;
    source.seen = source.arrived.load(std::memory_order_relaxed);
    if (m_rateHz == 0) {
        m_rateHz = source.stream->sampleRateHz();
    }
    return true;
}

void RecorderSession::openMissing(Moment now) {
    m_nextTry = now.steady + kRetryEvery;
    if (m_writer) {
        m_writer->flush(); // opening a device may take long, and nothing may wait for it in memory
    }
    bool failed = false;
    for (const auto& source : m_sources) {
        if (source->stream == nullptr) {
            failed = !openSource(*source, now) || failed;
        }
    }
    if (failed) {
        lookForDevices(now);
    }
    if (m_state != RecorderState::Opening || m_writer) {
        return;
    }
    if (anyOpen()) {
        startWriter(now);
    } else if (now.steady - m_started.steady > kGiveUpOpeningAfter) {
        setState(RecorderState::Idle);
        if (m_events.onFailed) {
            m_events.onFailed(m_whyNot.empty()
                                  ? "No microphone can be opened; connect one or choose another."
                                  : m_whyNot);
        }
    }
}

/// The sound system lists new devices only when nothing runs. So when there are new ones while a
/// microphone is missing, what is open is closed for a moment, and the journal tells of it.
void RecorderSession::lookForDevices(Moment now) {
    if (!anyOpen()) {
        m_backend.rescan();
        return;
    }
    if (!m_writer || now.steady < m_nextLook || !m_backend.devicesChanged()) {
        return;
    }
    m_nextLook = now.steady + kLookEvery;
    drain();
    for (const auto& source : m_sources) {
        if (source->stream != nullptr) {
            source->stream.reset();
            source->seen = source->arrived.load(std::memory_order_relaxed);
            source->awaySince = now.steady;
            m_writer->note({.kind = EntryKind::Gap,
                            .channel = source->channel,
                            .text = "looking for devices"});
        }
    }
    m_writer->flush();
    m_backend.rescan();
    for (const auto& source : m_sources) {
        openSource(*source, now);
    }
}

bool RecorderSession::startWriter(Moment now) {
    try {
        m_writer.emplace(m_files,
                         WriterOptions{.folder = m_options.folder,
                                       .fallbackRoot = m_options.fallbackRoot,
                                       .format = {.rateHz = m_rateHz,
                                                  .channels = static_cast<int>(m_sources.size())},
                                       .device = m_options.device,
                                       .startedUtc = m_options.startedUtc},
                         now.steady, m_events.onDisk);
    } catch (const Error& error) {
        m_sources.clear();
        setState(RecorderState::Idle);
        if (m_events.onFailed) {
            m_events.onFailed(error.what());
        }
        return false;
    }
    m_meter.emplace(m_rateHz * static_cast<int>(m_sources.size()));
    return true;
}

void RecorderSession::pause(Moment now) {
    if (!m_writer || m_state == RecorderState::Paused) {
        return;
    }
    drain();
    m_writer->note({.kind = EntryKind::Pause});
    m_writer->flush();
    m_pausedAt = now.steady;
    setState(RecorderState::Paused);
}

void RecorderSession::resume(Moment now) {
    if (m_state != RecorderState::Paused) {
        return;
    }
    for (const auto& source : m_sources) {
        source->skip(source->waiting());
        source->lastArrival = now.steady;
    }
    m_writer->note({.kind = EntryKind::Resume, .seconds = secondsBetween(m_pausedAt, now.steady)});
    setState(m_sources.front()->stream != nullptr ? RecorderState::Opening
                                                  : RecorderState::Unplugged);
}

void RecorderSession::stop(Moment now) {
    if (m_state == RecorderState::Idle) {
        return;
    }
    if (m_writer && m_state != RecorderState::Paused) {
        drain();
        m_writer->tick(now.steady);
    }
    const bool nothing = !m_writer;
    end("stopped");
    if (nothing && m_events.onFailed) {
        m_events.onFailed("Nothing was recorded: no microphone was ready yet.");
    }
}

void RecorderSession::bookmark(const std::string& label) {
    if (m_writer) {
        m_writer->note({.kind = EntryKind::Bookmark, .text = label});
    }
}

void RecorderSession::note(const std::string& text) {
    if (m_writer) {
        m_writer->note({.kind = EntryKind::Note, .text = text});
    }
}

void RecorderSession::switchDevice(const std::string& device, Moment now) {
    if (m_state == RecorderState::Idle || m_sources.empty()) {
        return;
    }
    drain();
    Source& source = *m_sources.front();
    source.device = device;
    if (m_writer) {
        m_writer->note({.kind = EntryKind::Device, .text = device});
        m_writer->flush();
    }
    source.stream.reset();
    source.awaySince.reset();
    openMissing(now);
}

void RecorderSession::step(Moment now) {
    if (m_state == RecorderState::Idle) {
        return;
    }
    noticeSleep(now);
    if (m_writer) {
        losePlugs(now);
        drain();
        lookForSound(now);
        const std::int64_t lost = m_sources.front()->lost.load(std::memory_order_relaxed);
        if (lost > m_lostNoted) {
            m_writer->note({.kind = EntryKind::Overrun, .count = lost - m_lostNoted});
            m_lostNoted = lost;
        }
        m_writer->tick(now.steady);
        report(now);
        if (!m_writer->isOpen()) {
            end("disk");
            return;
        }
    }
    const bool missing = std::any_of(m_sources.begin(), m_sources.end(),
                                     [](const auto& source) { return source->stream == nullptr; });
    if (missing && now.steady >= m_nextTry) {
        openMissing(now);
    }
}

void RecorderSession::noticeSleep(Moment now) {
    const auto steady = now.steady - m_last.steady;
    const auto wall = now.wall - m_last.wall;
    m_last = now;
    const double slept = std::chrono::duration<double>(wall - steady).count();
    if (m_writer && slept >= std::chrono::duration<double>(kSleptAtLeast).count()) {
        m_writer->note({.kind = EntryKind::Gap, .text = "sleep"});
        m_writer->note({.kind = EntryKind::GapEnd, .seconds = slept, .text = "sleep"});
    }
}

void RecorderSession::losePlugs(Moment now) {
    for (const auto& source : m_sources) {
        // Read before draining: everything that was written before the end is then in the ring.
        if (source->stream == nullptr || !source->ended.load(std::memory_order_acquire)) {
            continue;
        }
        drain();
        source->stream.reset();
        // What came before the end is no sign that it is back.
        source->seen = source->arrived.load(std::memory_order_relaxed);
        m_nextTry = now.steady + kRetryEvery;
        if (!source->awaySince) {
            source->awaySince = now.steady;
            m_writer->note(
                {.kind = EntryKind::Gap, .channel = source->channel, .text = "unplugged"});
        }
    }
    // Although the loudspeakers may still be heard: who speaks here would not be.
    if (m_sources.front()->stream == nullptr && m_state != RecorderState::Paused) {
        setState(RecorderState::Unplugged);
    }
}

void RecorderSession::lookForSound(Moment now) {
    bool flows = false;
    bool quiet = false;
    for (const auto& source : m_sources) {
        const std::int64_t arrived = source->arrived.load(std::memory_order_relaxed);
        if (arrived == source->seen) {
            if (source->stream != nullptr && now.steady - source->lastArrival > kStallAfter) {
                quiet = quiet || source->channel == 0;
                source->stalled = true;
            }
            continue;
        }
        flows = flows || source->channel == 0; // the state is that of the microphone
        if (source->awaySince) {
            m_writer->note({.kind = EntryKind::GapEnd,
                            .channel = source->channel,
                            .seconds = secondsBetween(*source->awaySince, now.steady)});
            source->awaySince.reset();
        } else if (source->stalled) {
            m_writer->note({.kind = EntryKind::Stall,
                            .channel = source->channel,
                            .seconds = secondsBetween(source->lastArrival, now.steady)});
        }
        source->stalled = false;
        source->seen = arrived;
        source->lastArrival = now.steady;
    }
    if (m_state == RecorderState::Paused) {
        return;
    }
    if (flows) {
        setState(RecorderState::Recording);
    } else if (quiet) {
        setState(RecorderState::Stalled);
    }
}

bool RecorderSession::anyOpen() const {
    return std::any_of(m_sources.begin(), m_sources.end(),
                       [](const auto& source) { return source->stream != nullptr; });
}

void RecorderSession::drain() {
    if (!m_writer) {
        return;
    }
    if (m_state == RecorderState::Paused) {
        for (const auto& source : m_sources) {
            source->skip(source->waiting());
        }
        return;
    }
    // The first microphone that is there sets the pace; the other follows it.
    Source* lead = m_sources.front().get();
    for (const auto& source : m_sources) {
        if (lead->stream == nullptr && lead->waiting() == 0) {
            lead = source.get();
        }
    }
    const std::size_t channels = m_sources.size();
    std::array<float, kBlock> block{};
    for (std::size_t left = lead->waiting(); left > 0;) {
        const std::size_t frames = std::min(left, kBlock);
        m_mixed.assign(frames * channels, 0.0F);
        for (const auto& source : m_sources) {
            const std::size_t count = source->read(std::span(block).first(frames));
            for (std::size_t i = 0; i < count; ++i) {
                m_mixed[i * channels + static_cast<std::size_t>(source->channel)] = block[i];
            }
        }
        m_writer->add(m_mixed);
        m_meter->add(m_mixed);
        left -= frames;
    }
    const auto most = static_cast<std::size_t>(kMostSkewSeconds * m_rateHz);
    for (const auto& source : m_sources) {
        if (source.get() != lead && source->waiting() > most) {
            source->skip(source->waiting() - most / 4);
        }
    }
}

void RecorderSession::report(Moment now) {
    const audio::SignalHealth health = m_meter->health();
    if (health != m_health) {
        m_health = health;
        if (m_events.onHealth) {
            m_events.onHealth(health);
        }
    }
    if (now.steady - m_lastReport >= kReportEvery && m_events.onReading) {
        m_lastReport = now.steady;
        m_events.onReading({.level = m_meter->takeLevel(),
                            .recordedSeconds = m_writer->recordedSeconds(),
                            .diskSecondsLeft = m_writer->secondsLeft(),
                            .lostFrames = m_lostNoted});
    }
}

void RecorderSession::end(const std::string& reason) {
    FinishedRecording finished;
    const bool recorded = m_writer.has_value();
    if (recorded) {
        m_writer->finish(reason);
        finished = {.folder = m_writer->folder(), .parts = m_writer->parts()};
    }
    m_writer.reset();
    setState(RecorderState::Idle);
    if (recorded && m_events.onFinished) {
        m_events.onFinished(finished);
    }
    // Closing waits for a frozen sound server; nobody else should.
    m_sources.clear();
}

void RecorderSession::setState(RecorderState state) {
    if (state == m_state) {
        return;
    }
    m_state = state;
    if (m_events.onState) {
        m_events.onState(state);
    }
}

} // namespace phial::recorder
