// SPDX-License-Identifier: MIT
// Long work: how soon it stops, and whether its memory grows.
#include "app/documents/audio_file_reader.h"
#include "app/meetings/peaks.h"
#include "app/meetings/pipeline/transcription_job.h"
#include "app/meetings/workspace/workspace.h"
#include "app/recorder/posix_files.h"
#include "inference/base/error.h"
#include "inference/engine/engine.h"
#include "tests/bench/meetings/figure.h"
#include "tests/meetings/answering_engine.h"
#include "tests/meetings/voice.h"
#include "tests/recorder/scripted_sound.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <malloc.h>
#include <memory>
#include <random>
#include <thread>

namespace phial::meetings {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// From a stop to the end of the work, in ms.
struct Stopped {
    double wall = 0;
    double processor = 0; ///< of this process: what a computer that does nothing else needs
};

/// Runs a piece of work several times, stops it at random moments within `within`, and tells the
/// longest times.
Stopped worstStop(int times, std::chrono::milliseconds within,
                  const std::function<void(const std::stop_token&)>& work) {
    std::mt19937 random(3);
    Stopped worst;
    for (int i = 0; i < times; ++i) {
        std::stop_source stop;
        const auto delay = within * static_cast<int>(random() % 1000) / 1000;
        Clock::time_point asked{};
        double askedProcessor = 0;
        std::jthread stopper([&] {
            std::this_thread::sleep_for(delay);
            asked = Clock::now();
            askedProcessor = processorSeconds();
            stop.request_stop();
        });
        work(stop.get_token());
        const auto ended = Clock::now();
        const double endedProcessor = processorSeconds();
        stopper.join();
        worst.wall =
            std::max(worst.wall, std::chrono::duration<double, std::milli>(ended - asked).count());
        worst.processor = std::max(worst.processor, 1000 * (endedProcessor - askedProcessor));
    }
    return worst;
}

/// A recording that plays on and on.
tasks::SoundSource endlessMeeting(int rateHz, const std::vector<float>& again) {
    tasks::SoundSource sound{.sampleRateHz = rateHz, .channels = 1};
    sound.next = [&again](std::vector<float>& block) {
        block = again;
        return true;
    };
    return sound;
}

EngineOptions softwareEngine(const Bench& bench) {
    EngineOptions options;
    options.model = bench.model;
    options.device.software = gpu::SoftwareDevices::Allow;
    return options;
}

} // namespace

void measureCancel(const Bench& bench) {
    const auto times = static_cast<int>(40 * bench.share) + 1;
    const std::string how = std::to_string(times) + " stops at random moments, software device";
    const auto stop = [&](const std::string& what, int count, std::chrono::milliseconds within,
                          const std::function<void(const std::stop_token&)>& work) {
        bench.begins("stop of " + what);
        const Stopped worst = worstStop(count, within, work);
        bench.found({"B9 stop of " + what, worst.wall, 500, "ms", how});
        bench.found({"B9 stop of " + what + ", processor time", worst.processor, 500, "ms", how});
    };
    const EngineOptions options = softwareEngine(bench);
    bench.begins("load once");
    const auto begin = Clock::now();
    std::unique_ptr<Engine> engine = loadEngine(options);
    const auto loading =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
    engine.reset();
    stop("loading", times, loading, [&](const std::stop_token& token) {
        try {
            loadEngine(options, {}, token);
        } catch (const Error& error) {
            check(error.code() == ErrorCode::Cancelled, error.what());
        }
    });
    engine = loadEngine(options);
    Request request;
    request.messages.push_back({.role = Role::User, .text = "Tell me everything."});
    request.sampling.maxTokens = 100000;
    request.sampling.temperature = 1.5F; // greedy answers end before they are stopped
    stop("decoding", times, 1000ms, [&](const std::stop_token& token) {
        request.sampling.seed += 1;
        while (!token.stop_requested()) {
            engine->generate(request, {}, token);
        }
    });
    Request longPrompt = request;
    longPrompt.messages[0].text.clear();
    while (engine->textTokens(longPrompt.messages[0].text) < engine->info().contextTokens * 3 / 4) {
        longPrompt.messages[0].text += "We agreed on the budget of the next year. ";
    }
    longPrompt.sampling.maxTokens = 1;
    stop("reading a prompt", times, 1000ms, [&](const std::stop_token& token) {
        longPrompt.messages[0].text[0] ^= 1; // nothing of it is in the cache
        while (!token.stop_requested()) {
            engine->generate(longPrompt, {}, token);
        }
    });
    const std::vector<float> talk = meeting(4);
    stop("transcribing", times, 2000ms, [&](const std::stop_token& token) {
        TranscriptionJob job(endlessMeeting(kRate, talk), {}, {}, {}, Clock::now);
        while (job.step(*engine, token) == StepResult::More) {
        }
    });
    engine.reset();
    // Ten minutes at 48 kHz, read for their waveform as an import does.
    const std::filesystem::path file = bench.folder / "import.wav";
    {
        std::ofstream out(file, std::ios::binary);
        const recorder::SoundFormat format{.rateHz = 48000, .channels = 1};
        const std::vector<char> data(std::size_t{600} * 48000 * 2);
        const auto header = recorder::wavHeader(format, data.size());
        out.write(reinterpret_cast<const char*>(header.data()),
                  static_cast<std::streamsize>(header.size()));
        out.write(data.data(), static_cast<std::streamsize>(data.size()));
    }
    stop("importing", 5 * times, 300ms, [&](const std::stop_token& token) {
        try {
            while (!token.stop_requested()) {
                const auto reader = documents::openAudioFile(file, token);
                std::vector<float> block;
                while (reader->read(block)) {
                }
            }
        } catch (const Error& error) {
            check(error.code() == ErrorCode::Cancelled, error.what());
        }
    });
    std::filesystem::remove(file);
}

namespace {

/// Bytes that the program holds and did not give back.
double megabytesInUse() {
    const struct mallinfo2 info = ::mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd) / 1e6;
}

/// An hour of a voice that says something every 2.88 s, as a recorder writes it.
void writeHour(const std::filesystem::path& file, int lines) {
    std::vector<float> utterance;
    addVoice(utterance, 1.1);
    addSilence(utterance, 1.78);
    std::vector<std::int16_t> samples(utterance.size());
    std::transform(utterance.begin(), utterance.end(), samples.begin(), [](float sample) {
        return static_cast<std::int16_t>(std::lround(sample * 32767.0F));
    });
    std::ofstream out(file, std::ios::binary);
    const std::size_t bytes = samples.size() * sizeof(std::int16_t);
    const auto header = recorder::wavHeader({.rateHz = kRate, .channels = 1},
                                            bytes * static_cast<std::size_t>(lines));
    out.write(reinterpret_cast<const char*>(header.data()),
              static_cast<std::streamsize>(header.size()));
    for (int i = 0; i < lines; ++i) {
        out.write(reinterpret_cast<const char*>(samples.data()),
                  static_cast<std::streamsize>(bytes));
    }
    check(out.good(), "no room for an hour of sound");
}

} // namespace

/// As in the window: a meeting of the library whose lines are saved and searched for while it is
/// written down. The sound is one hour, eight times.
void measureLines(const Bench& bench) {
    constexpr int kHours = 8;
    const auto lines = static_cast<int>(10000 * bench.share) / kHours;
    const std::filesystem::path hour = bench.folder / "hour.wav";
    writeHour(hour, lines);
    Workspace workspace(bench.folder / "lines", {});
    MeetingEntry meeting = workspace.store().create("A long day", "2026-01-01T09:00:00Z");
    meeting.meta.audio.assign(kHours, std::filesystem::absolute(hour).string());
    workspace.store().saveMeta(meeting);
    AnsweringEngine engine([&, n = 0](const Request&) mutable {
        engine.requests.clear(); // what a test keeps is no memory of the pipeline
        return "Line number " + std::to_string(++n) + " of a very long meeting about everything.";
    });
    const double processor = processorSeconds();
    const std::unique_ptr<Job> job = workspace.makeJob(
        {.kind = JobKind::Transcribe, .meeting = meeting.folder.filename().string()});
    // The first hour is what is always needed; the growth behind it is what the length costs.
    double resident = 0;
    double inUse = 0;
    double firstHours = 0;
    double told = 0;
    while (job->step(engine, {}) == StepResult::More) {
        const double hours = job->progress().done / 3600;
        if (hours >= told) {
            bench.begins(std::to_string(hours) + " h, resident " +
                         std::to_string(residentMegabytes()) + " MB, in use " +
                         std::to_string(megabytesInUse()) + " MB");
            told += 1 * bench.share;
        }
        if (resident == 0 && hours >= 1 * bench.share) {
            resident = residentMegabytes();
            inUse = megabytesInUse();
            firstHours = hours;
        }
    }
    const double hours = job->progress().done / 3600 - firstHours;
    const double grown = residentMegabytes() - resident;
    const double kept = megabytesInUse() - inUse;
    const Transcript transcript =
        workspace.store().readTranscript(meeting.folder).value_or(Transcript());
    const std::string how = std::to_string(transcript.segments.size()) + " lines, " +
                            std::to_string(job->progress().done / 3600) + " h of sound, " +
                            std::to_string(processorSeconds() - processor) + " s of processor time";
    bench.found(
        {"B15 lines that are missing",
         static_cast<double>(kHours * lines) - static_cast<double>(transcript.segments.size()), 0,
         "lines", how});
    bench.found({"B15 transcribing, memory grown per hour", grown / hours, 1, "MB", how});
    bench.found({"B15 transcribing, memory in use grown per hour", kept / hours, 1, "MB", how});
    std::filesystem::remove_all(bench.folder / "lines");
    std::filesystem::remove(hour);
}

void measureLongMemory(const Bench& bench) {
    const double hours = 8 * bench.share;
    bench.begins("hours");
    {
        constexpr int kMicrophoneRate = 16000; // the disk is not what is measured
        recorder::ScriptedSound sound;
        sound.microphones["mic"].rateHz = kMicrophoneRate;
        recorder::ScriptedBackend backend(sound);
        recorder::PosixFiles files;
        recorder::FakeClock clock;
        recorder::RecorderSession session(backend, files, {});
        session.start({.folder = bench.folder / "eight-hours",
                       .fallbackRoot = {},
                       .startedUtc = "2026-01-01T00:00:00Z",
                       .device = "mic",
                       .secondDevice = {}},
                      clock.now());
        const std::vector<float> block = recorder::countedBlock(0, kMicrophoneRate / 10);
        double before = 0;
        for (int tenth = 0; tenth < hours * 36000; ++tenth) {
            sound.deliver(block);
            clock.advance(100ms);
            session.step(clock.now());
            before = tenth == static_cast<int>(hours * 4500) ? residentMegabytes() : before;
        }
        session.stop(clock.now());
        bench.found({"B15 recording, memory grown per hour",
                     (residentMegabytes() - before) / (hours * 7 / 8), 1, "MB",
                     std::to_string(hours) + " h, simulated clock"});
        std::filesystem::remove_all(bench.folder / "eight-hours");
    }
}

} // namespace phial::meetings
