// SPDX-License-Identifier: MIT
#include "app/audio/system_audio.h"
#include "app/cli/json_output.h"
#include "app/cli/meeting_run.h"
#include "app/recorder/posix_files.h"
#include "app/recorder/recorder.h"
#include "inference/base/clock_text.h"
#include "inference/base/error.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace phial::cli {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// What the recorder's thread tells, for the thread that writes to the terminal.
class News {
public:
    recorder::RecorderEvents events() {
        return {
            .onState = [this](recorder::RecorderState state) { set([&] { m_state = state; }); },
            .onHealth = [this](audio::SignalHealth health) { set([&] { m_health = health; }); },
            .onReading =
                [this](const recorder::RecorderReading& reading) {
                    set([&] { m_reading = reading; });
                },
            .onDisk =
                [this](recorder::DiskEvent, const std::string& sentence) {
                    set([&] { m_notes.push_back(sentence); });
                },
            .onFinished =
                [this](const recorder::FinishedRecording& recording) {
                    set([&] { m_finished = recording; });
                },
            .onFailed = [this](const std::string& sentence) { set([&] { m_failed = sentence; }); },
            .onReplaced =
                [this] {
                    set([&] {
                        m_notes.emplace_back("the chosen microphone stays away; the recording goes "
                                             "on with the default one.");
                    });
                }};
    }

    /// Waits for the next look at the terminal; at most until something happens.
    void wait(const std::stop_token& stop) {
        std::unique_lock lock(m_mutex);
        m_wake.wait_for(lock, stop, 200ms,
                        [&] { return m_finished || m_failed || !m_notes.empty(); });
    }

    /// Waits for the end, which follows Recorder::stop().
    void waitForEnd() {
        std::unique_lock lock(m_mutex);
        m_wake.wait(lock, [&] { return m_finished || m_failed; });
    }

    template <typename Value>
    Value get(Value News::*what) {
        const std::scoped_lock lock(m_mutex);
        return this->*what;
    }

    std::vector<std::string> takeNotes() {
        const std::scoped_lock lock(m_mutex);
        return std::exchange(m_notes, {});
    }

    recorder::RecorderState m_state = recorder::RecorderState::Idle;
    audio::SignalHealth m_health = audio::SignalHealth::Good;
    recorder::RecorderReading m_reading;
    std::optional<recorder::FinishedRecording> m_finished;
    std::optional<std::string> m_failed;

private:
    template <typename Change>
    void set(const Change& change) {
        {
            const std::scoped_lock lock(m_mutex);
            change();
        }
        m_wake.notify_all();
    }

    std::mutex m_mutex; ///< guards everything
    std::condition_variable_any m_wake;
    std::vector<std::string> m_notes;
};

std::string stateText(recorder::RecorderState state, audio::SignalHealth health) {
    switch (state) {
    case recorder::RecorderState::Idle:
    case recorder::RecorderState::Opening:
        return "waiting for the microphone";
    case recorder::RecorderState::Stalled:
        return "nothing arrives from the microphone";
    case recorder::RecorderState::Unplugged:
        return "the microphone is gone; recording goes on when one is there";
    case recorder::RecorderState::Paused:
    case recorder::RecorderState::Recording:
        break;
    }
    return health == audio::SignalHealth::Silent ? "recording, but only silence arrives (muted?)"
           : health == audio::SignalHealth::TooQuiet ? "recording, very quiet"
                                                     : "recording";
}

std::string statusLine(News& news) {
    const recorder::RecorderReading reading = news.get(&News::m_reading);
    std::string line = stateText(news.get(&News::m_state), news.get(&News::m_health)) + ", " +
                       clockText(reading.recordedSeconds);
    const double peak = static_cast<double>(reading.level.peak);
    if (peak > 0) {
        line += ", peak " + std::to_string(std::lround(20 * std::log10(peak))) + " dB";
    }
    if (reading.diskSecondsLeft >= 0) {
        line += ", room for " + clockText(reading.diskSecondsLeft);
    }
    if (reading.lostFrames > 0) {
        line += ", " + std::to_string(reading.lostFrames) + " frames lost";
    }
    return line;
}

std::string systemAudioDevice(const Services& services) {
    const auto found = audio::systemAudioDevice(services.makeAudioBackend()->rescan());
    if (!found) {
        throw Error(ErrorCode::InvalidArgument, audio::kNoSystemAudio);
    }
    return *found;
}

} // namespace

ExitCode run(RunContext& context, const RecordCommand& command) {
    recorder::PosixFiles files;
    std::optional<meetings::Workspace> workspace;
    recorder::RecorderOptions options;
    const std::string utc = recorder::utcNow();
    std::optional<std::string> second;
    if (command.systemAudio == SystemAudio::Yes) {
        second = systemAudioDevice(context.services);
    }
    const bool own = !command.output.empty();
    // The window's place too, so that either finds what the other had to leave there.
    const fs::path fallback = libraryFolder(context.services) / "recordings";
    if (own) {
        std::error_code ignored;
        if (fs::exists(command.output, ignored)) {
            throw Error(ErrorCode::FileUnwritable,
                        command.output.string() + " is there already; name a new folder.");
        }
        options = {.folder = fs::absolute(command.output),
                   .fallbackRoot = fallback,
                   .startedUtc = utc,
                   .device = command.device,
                   .secondDevice = {}};
    } else {
        workspace.emplace(libraryFolder(context.services), meetings::WorkspaceEvents{});
        for (const meetings::MeetingEntry& meeting : workspace->recoverAll(files, fallback)) {
            context.reporter.note("recovered the recording \"" + meeting.meta.title + "\", " +
                                  clockText(meeting.meta.seconds) + ".");
        }
        options = workspace->beginRecording(command.title.empty() ? "Recording" : command.title,
                                            utc, command.device);
        options.fallbackRoot = fallback;
    }
    options.secondDevice = second;
    const fs::path folder = options.folder;

    News news;
    {
        recorder::Recorder recorder(context.services.makeAudioBackend, files, news.events());
        recorder.start(std::move(options));
        if (context.streams.errKind == Terminal::Yes) { // a script has nobody to tell
            context.reporter.note("tell everyone that this is being recorded; in many places the "
                                  "law asks for their consent.");
        }
        while (!news.get(&News::m_finished) && !news.get(&News::m_failed)) {
            news.wait(context.stop);
            for (const std::string& note : news.takeNotes()) {
                context.reporter.note(note);
            }
            context.reporter.work(statusLine(news));
            const bool enough = command.seconds > 0 &&
                                news.get(&News::m_reading).recordedSeconds >= command.seconds;
            if (enough || context.stop.stop_requested()) {
                recorder.stop();
                news.waitForEnd();
            }
        }
    }
    const auto finished = news.get(&News::m_finished);
    if (!finished) {
        if (workspace) {
            workspace->store().deleteForever(workspace->moveToTrash(folder.filename().string()));
        }
        throw Error(
            ErrorCode::BadMedia,
            news.get(&News::m_failed).value_or("Nothing was recorded: no microphone was ready."));
    }
    double seconds = 0;
    for (const recorder::RecordingPart& part : finished->parts) {
        seconds += static_cast<double>(part.frames) / part.format.rateHz;
    }
    if (workspace) {
        // A disk that is full to the last byte: the sound is whole, and the next start completes
        // its entry.
        if (const std::string problem = workspace->endRecording(*finished).problem;
            !problem.empty()) {
            context.reporter.note(problem);
        }
    }
    if (context.isJson()) {
        context.write({{"folder", finished->folder.string()},
                       {"seconds", seconds},
                       {"lost_frames", news.get(&News::m_reading).lostFrames}});
    } else {
        context.reporter.answer(finished->folder.string() + "\n");
    }
    context.reporter.note("recorded " + clockText(seconds) + ".");
    return ExitCode::Ok;
}

} // namespace phial::cli
