// SPDX-License-Identifier: MIT
// The recorder with a microphone that is played by a thread.
#include "app/meetings/pipeline/job_queue.h"
#include "app/meetings/pipeline/transcription_job.h"
#include "app/recorder/posix_files.h"
#include "app/recorder/recorder.h"
#include "inference/base/error.h"
#include "tests/bench/meetings/figure.h"
#include "tests/meetings/answering_engine.h"
#include "tests/meetings/voice.h"
#include "tests/recorder/scripted_sound.h"
#include "tests/recorder/wav_reader.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

namespace phial::meetings {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using recorder::counted;

constexpr int kBenchRate = 48000;
constexpr int kBlockFrames = kBenchRate / 100;

/// A microphone whose sound tells its position and comes in blocks of 10 ms, `speed` times as fast
/// as real time. It goes on for `frames` frames.
class PlayedBackend final : public audio::AudioBackend {
public:
    PlayedBackend(double speed, std::int64_t frames, std::atomic<std::int64_t>& delivered)
        : m_speed(speed)
        , m_frames(frames)
        , m_delivered(delivered) {}

    std::vector<audio::InputDevice> rescan() override { return {}; }

    audio::OpenResult open(const std::string& /*deviceId*/, std::optional<int> /*rateHz*/,
                           audio::FrameSink& sink) override {
        return {.stream = std::make_unique<Stream>(*this, sink),
                .failure = audio::CaptureFailure::None,
                .reason = {}};
    }

private:
    class Stream final : public audio::AudioStream {
    public:
        Stream(PlayedBackend& backend, audio::FrameSink& sink)
            : m_thread([&backend, &sink](const std::stop_token& stop) {
                const auto begin = Clock::now();
                for (std::int64_t at = 0; at < backend.m_frames && !stop.stop_requested();
                     at += kBlockFrames) {
                    const std::vector<float> block = recorder::countedBlock(at, kBlockFrames);
                    const double due = static_cast<double>(at) / kBenchRate / backend.m_speed;
                    std::this_thread::sleep_until(begin +
                                                  std::chrono::duration_cast<Clock::duration>(
                                                      std::chrono::duration<double>(due)));
                    sink.onFrames(block);
                    backend.m_delivered = at + kBlockFrames;
                }
            }) {}

        int sampleRateHz() const override { return kBenchRate; }

    private:
        std::jthread m_thread;
    };

    double m_speed;
    std::int64_t m_frames;
    std::atomic<std::int64_t>& m_delivered;
};

/// What a recorder told, for a thread that waits for it.
struct Told {
    std::mutex mutex;
    std::condition_variable changed;
    bool flows = false;
    std::optional<recorder::FinishedRecording> finished;
    recorder::RecorderReading reading;

    recorder::RecorderEvents events() {
        recorder::RecorderEvents events;
        events.onState = [this](recorder::RecorderState state) {
            const std::scoped_lock lock(mutex);
            flows = flows || state == recorder::RecorderState::Recording;
            changed.notify_all();
        };
        events.onReading = [this](const recorder::RecorderReading& now) {
            const std::scoped_lock lock(mutex);
            reading = now;
        };
        events.onFinished = [this](const recorder::FinishedRecording& recording) {
            const std::scoped_lock lock(mutex);
            finished = recording;
            changed.notify_all();
        };
        return events;
    }

    template <typename Condition>
    void wait(Condition condition) {
        std::unique_lock lock(mutex);
        changed.wait(lock, condition);
    }
};

recorder::RecorderOptions into(const std::filesystem::path& folder) {
    return {.folder = folder,
            .fallbackRoot = {},
            .startedUtc = "2026-01-01T00:00:00Z",
            .device = {},
            .secondDevice = {}};
}

/// What a recording holds of what was played: the samples tell their position, so a hole or a
/// repetition shows.
struct Kept {
    std::int64_t frames = 0;
    std::int64_t wrong = 0;
};

Kept keptOf(const recorder::FinishedRecording& recording) {
    Kept kept;
    for (const recorder::RecordingPart& part : recording.parts) {
        for (const std::int16_t sample : recorder::readStrictly(part.file).samples) {
            kept.wrong +=
                sample != static_cast<std::int16_t>(counted(kept.frames) * 32768.0F) ? 1 : 0;
            ++kept.frames;
        }
    }
    return kept;
}

/// An engine that fails in the middle of every answer, each time in another way.
class FailingEngine {
public:
    FailingEngine()
        : m_engine([](const Request&) { return "Once upon a time there was a meeting."; }) {
        m_engine.onWord = [this, word = 0]() mutable {
            if (++word % 4 == 0) {
                fail();
            }
        };
    }

    Engine& engine() {
        m_engine.requests.clear();
        return m_engine;
    }

    int lost() const { return m_lost; }

    int thrown() const { return m_thrown; }

private:
    void fail() {
        if ((m_lost + m_thrown) % 2 == 0) {
            ++m_lost;
            throw Error(ErrorCode::DeviceLost, "The driver restarted.");
        }
        ++m_thrown;
        throw std::runtime_error("a mistake in the engine");
    }

    AnsweringEngine m_engine;
    int m_lost = 0;
    int m_thrown = 0;
};

} // namespace

void measureReady(const Bench& bench) {
    constexpr int kTimes = 20;
    std::vector<double> flow;
    std::vector<double> disk;
    for (int i = 0; i < kTimes; ++i) {
        bench.begins("start " + std::to_string(i + 1) + " of " + std::to_string(kTimes));
        const std::filesystem::path folder = bench.folder / ("ready-" + std::to_string(i));
        recorder::PosixFiles files;
        std::atomic<std::int64_t> delivered = 0;
        Told told;
        recorder::Recorder recorder(
            [&] { return std::make_unique<PlayedBackend>(1, kBenchRate * 60, delivered); }, files,
            told.events());
        const auto begin = Clock::now();
        const auto sinceBegin = [&] {
            return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
        };
        recorder.start(into(folder));
        told.wait([&] { return told.flows; });
        flow.push_back(sinceBegin());
        std::error_code error;
        while (std::filesystem::file_size(folder / "audio.wav", error) <=
                   recorder::kWavHeaderBytes ||
               error) {
            std::this_thread::sleep_for(1ms);
        }
        disk.push_back(sinceBegin());
        recorder.stop();
        told.wait([&] { return told.finished.has_value(); });
        std::filesystem::remove_all(folder);
    }
    std::sort(flow.begin(), flow.end());
    std::sort(disk.begin(), disk.end());
    const std::string how = "20 times, a played microphone, time on the wall";
    bench.found({"B3 start to first sound, median", flow[flow.size() / 2], 150, "ms", how});
    bench.found({"B3 start to first sound, worst", flow.back(), 150, "ms", how});
    bench.found(
        {"B3 start to first sample on disk, median", disk[disk.size() / 2], 300, "ms", how});
    bench.found({"B3 start to first sample on disk, worst", disk.back(), 300, "ms", how});
}

void measureLoad(const Bench& bench) {
    const auto seconds = static_cast<std::int64_t>(2 * 3600 * bench.share);
    const std::filesystem::path folder = bench.folder / "load";
    recorder::PosixFiles files;
    std::atomic<std::int64_t> delivered = 0;
    Told told;
    const unsigned busy = 2 * std::max(std::thread::hardware_concurrency(), 1U);
    {
        std::vector<std::jthread> load;
        for (unsigned i = 0; i < busy; ++i) {
            load.emplace_back([](const std::stop_token& stop) {
                volatile double sum = 0;
                while (!stop.stop_requested()) {
                    sum = sum + 1;
                }
            });
        }
        recorder::Recorder recorder(
            [&] {
                return std::make_unique<PlayedBackend>(bench.speed, seconds * kBenchRate,
                                                       delivered);
            },
            files, told.events());
        recorder.start(into(folder));
        constexpr std::int64_t kTold = 600 * std::int64_t{kBenchRate};
        for (std::int64_t next = 0; delivered < seconds * kBenchRate;) {
            if (delivered >= next) {
                bench.begins("minute " + std::to_string(next / kBenchRate / 60));
                next += kTold;
            }
            std::this_thread::sleep_for(50ms);
        }
        std::this_thread::sleep_for(200ms); // the last blocks leave the ring
        recorder.stop();
        told.wait([&] { return told.finished.has_value(); });
    }
    const Kept kept = keptOf(*told.finished);
    std::filesystem::remove_all(folder);
    const std::string how = std::to_string(seconds) + " s at 48 kHz, " +
                            std::to_string(static_cast<int>(bench.speed)) +
                            " x real time, beside " + std::to_string(busy) + " busy threads";
    bench.found({"B14 frames missing", static_cast<double>(seconds * kBenchRate - kept.frames), 0,
                 "frames", how});
    bench.found({"B14 frames that are not what was played", static_cast<double>(kept.wrong), 0,
                 "frames", how});
    bench.found(
        {"B14 overruns counted", static_cast<double>(told.reading.lostFrames), 0, "frames", how});
}

void measureEngineFaults(const Bench& bench) {
    const auto seconds = static_cast<std::int64_t>(600 * bench.share);
    const std::filesystem::path folder = bench.folder / "faults";
    recorder::PosixFiles files;
    std::atomic<std::int64_t> delivered = 0;
    Told told;
    FailingEngine failing;
    std::size_t failed = 0;
    bench.begins("a recording beside an engine that fails");
    recorder::Recorder recorder(
        [&] {
            return std::make_unique<PlayedBackend>(bench.speed, seconds * kBenchRate, delivered);
        },
        files, told.events());
    recorder.start(into(folder));
    auto talk = std::make_shared<AudioClip>();
    talk->sampleRateHz = kRate;
    talk->samples = meeting(1);
    JobQueue queue(
        [&](const JobSpec&) {
            return std::make_unique<TranscriptionJob>(tasks::soundOf(talk), Transcript{},
                                                      TranscriptionOptions{}, TranscriptionEvents{},
                                                      Clock::now);
        },
        {});
    while (delivered < seconds * kBenchRate) {
        const JobNumber job = queue.add({.meeting = "another"});
        for (bool more = true; more;) {
            try {
                more = queue.runStep(failing.engine(), {});
            } catch (const Error&) {
                continue; // the window loads its model again here
            }
        }
        failed += queue.list().front().state == JobState::Failed ? 1 : 0;
        queue.forget(job);
    }
    std::this_thread::sleep_for(200ms); // the last blocks leave the ring
    recorder.stop();
    told.wait([&] { return told.finished.has_value(); });
    const Kept kept = keptOf(*told.finished);
    std::filesystem::remove_all(folder);
    const std::string how =
        std::to_string(seconds) + " s at 48 kHz, " + std::to_string(static_cast<int>(bench.speed)) +
        " x real time; the device lost " + std::to_string(failing.lost()) + " times, " +
        std::to_string(failing.thrown()) + " mistakes thrown, each in the middle of an answer; " +
        std::to_string(failed) + " jobs failed";
    bench.found({"B11 frames missing", static_cast<double>(seconds * kBenchRate - kept.frames), 0,
                 "frames", how});
    bench.found({"B11 frames that are not what was played", static_cast<double>(kept.wrong), 0,
                 "frames", how});
    check(failing.lost() > 0 && failing.thrown() > 0, "the engine never failed: measure longer");
}

} // namespace phial::meetings
