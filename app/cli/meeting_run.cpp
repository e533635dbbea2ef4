// SPDX-License-Identifier: MIT
#include "app/cli/meeting_run.h"

#include "app/documents/audio_file_reader.h"
#include "app/export/subtitle_reader.h"
#include "app/meetings/workspace/sound_copy.h"
#include "app/recorder/recorder.h"
#include "inference/base/clock_text.h"
#include "inference/base/error.h"
#include "ui/contracts/languages.h"

#include <QStringList>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace phial::cli {
namespace {

namespace fs = std::filesystem;

/// Unfinished work of one model must not be finished by another.
fs::path unfinishedFolder(const RunContext& context) {
    const fs::path model = context.engineOptions().model;
    const std::string name =
        model.empty() ? "shipped"
                      : meetings::slugOf(fs::absolute(model).lexically_normal().string());
    const fs::path root = context.services.cacheDirectory.empty()
                              ? fs::temp_directory_path() / "phial"
                              : context.services.cacheDirectory;
    return root / "unfinished" / name;
}

bool isNewer(const fs::path& file, const fs::path& than) {
    std::error_code error;
    const auto changed = fs::last_write_time(file, error);
    const auto before = fs::last_write_time(than, error);
    return error || changed > before;
}

/// "Chinese, English, …"
std::string spokenLanguages() {
    QStringList names;
    for (const ui::Language& language : ui::speechLanguages()) {
        names.append(language.englishName);
    }
    return names.join(QStringLiteral(", ")).toStdString();
}

std::string speedText(double speed) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), speed < 10 ? "%.1f" : "%.0f", speed);
    return text.data();
}

} // namespace

fs::path libraryFolder(const Services& services) {
    if (services.dataDirectory.empty()) {
        throw Error(ErrorCode::FileUnwritable,
                    "There is no place for the library; set HOME or XDG_DATA_HOME.");
    }
    return services.dataDirectory;
}

std::optional<std::string> meetingNamed(const Services& services, const std::string& file) {
    if (file == "-" || services.dataDirectory.empty()) {
        return std::nullopt;
    }
    const fs::path root = services.dataDirectory / "meetings";
    // "DIR/" has an empty name at its end.
    fs::path folder = fs::absolute(file).lexically_normal();
    folder = folder.has_filename() ? folder : folder.parent_path();
    std::error_code ignored;
    if (fs::is_directory(folder, ignored) && fs::equivalent(folder.parent_path(), root, ignored)) {
        return folder.filename().string();
    }
    const bool justAName = fs::path(file).filename() == file && !fs::exists(file, ignored);
    return justAName && fs::is_directory(root / file, ignored) ? std::optional(file) : std::nullopt;
}

std::vector<std::string> withoutFolders(const Services& services,
                                        const std::vector<std::string>& files) {
    std::vector<std::string> all;
    for (const std::string& file : files) {
        std::error_code ignored;
        if (file == "-" || !fs::is_directory(file, ignored) || meetingNamed(services, file)) {
            all.push_back(file);
            continue;
        }
        const std::vector<fs::path> inside = documents::mediaFilesIn(file);
        if (inside.empty()) {
            throw Error(ErrorCode::FileUnreadable,
                        "There are no sound or video files in the folder " + file + ".");
        }
        for (const fs::path& one : inside) {
            all.push_back(one.string());
        }
    }
    return all;
}

MeetingRun::MeetingRun(RunContext& context, const std::string& file, Keep keep)
    : m_context(context)
    , m_place(keep == Keep::Yes || meetingNamed(context.services, file) ? Place::Library
                                                                        : Place::Unfinished) {
    meetings::WorkspaceEvents events;
    events.onLine = [this](const std::string&, const meetings::TranscriptSegment& line) {
        if (m_onLine) {
            m_onLine(line);
        }
    };
    events.onNote = [this](const std::string&, const std::string& note) {
        m_context.reporter.note(note);
    };
    events.onForeignLanguage = [this](const std::string&, const std::string& language) {
        m_context.reporter.note("The spoken language looks like " + language +
                                ". Speech is supported in " + spokenLanguages() +
                                "; what is written down of another language may be wrong.");
    };
    m_workspace.emplace(m_place == Place::Library ? libraryFolder(context.services)
                                                  : unfinishedFolder(context),
                        std::move(events));
    m_meeting = begin(file);
}

meetings::MeetingEntry MeetingRun::begin(const std::string& file) {
    meetings::MeetingStore& store = m_workspace->store();
    if (const std::optional<std::string> name = meetingNamed(m_context.services, file)) {
        return {.folder = store.root() / *name, .meta = store.readMeta(store.root() / *name)};
    }
    if (file == "-") {
        meetings::MeetingEntry meeting = store.create(nameOf(file), recorder::utcNow());
        m_context.inputs.saveInput(meeting.folder / "input");
        meeting.meta.audio = {"input"};
        store.saveMeta(meeting);
        return meeting;
    }
    if (exporting::isTranscriptFile(file)) {
        const meetings::Transcript transcript = exporting::readTranscriptFile(file);
        meetings::MeetingEntry meeting =
            store.create(fs::path(file).stem().string(), recorder::utcNow());
        meeting.meta.seconds = transcript.seconds(transcript.samples);
        store.saveMeta(meeting);
        store.saveTranscript(meeting.folder, transcript);
        m_hasSound = false;
        return meeting;
    }
    if (std::optional<meetings::MeetingEntry> before = m_workspace->importedFrom(file)) {
        if (!isNewer(file, before->folder / "meta.json")) {
            const std::optional<meetings::Transcript> done = store.readTranscript(before->folder);
            if (done && done->doneSamples > 0) {
                m_context.reporter.note("going on with " + nameOf(file) + " at " +
                                        clockText(done->seconds(done->doneSamples)) + ".");
            }
            return before->meta.copyWanted ? withOwnSound(*before) : *before;
        }
        // The file has changed since.
        if (m_place == Place::Unfinished) {
            store.deleteForever(m_workspace->moveToTrash(before->folder.filename().string()));
        }
    }
    const meetings::MeetingEntry meeting = m_workspace->import(file, recorder::utcNow());
    return m_place == Place::Library ? withOwnSound(meeting) : meeting;
}

meetings::MeetingEntry MeetingRun::withOwnSound(const meetings::MeetingEntry& meeting) {
    const std::string name = meeting.folder.filename().string();
    m_workspace->wantCopy(name, true); // what is interrupted is done at the next chance
    meetings::CopyParts parts;
    parts.onProgress = [this](std::uint64_t done, std::uint64_t total) {
        m_context.reporter.progress("copying the sound", done, total);
    };
    try {
        return m_workspace->takeCopy(name, meetings::copySound(meeting, parts, m_context.stop));
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Cancelled) {
            return meeting;
        }
        m_context.reporter.note(std::string(error.what()) +
                                " The meeting needs the file that it was made from.");
        m_workspace->wantCopy(name, false);
        return meeting;
    }
}

bool MeetingRun::run(meetings::JobSpec spec, const std::string& doing) {
    if (!m_engine) {
        m_engine.emplace(m_context.engine());
    }
    spec.meeting = m_meeting.folder.filename().string();
    const std::unique_ptr<meetings::Job> job = m_workspace->makeJob(spec);
    for (;;) {
        const meetings::StepResult result = job->step(*m_engine, m_context.stop);
        if (result == meetings::StepResult::Stopped) {
            return false;
        }
        if (result == meetings::StepResult::Done) {
            return true;
        }
        if (!m_context.reporter.isRead()) {
            return false; // nobody reads standard output any more
        }
        show(doing, job->progress());
    }
}

bool MeetingRun::transcribe(const std::string& language,
                            const std::function<void(const meetings::TranscriptSegment&)>& onLine) {
    const meetings::Transcript before = transcript();
    if (onLine) {
        std::for_each(before.segments.begin(), before.segments.end(), onLine);
    }
    if (!m_hasSound || (before.doneSamples > 0 && before.doneSamples >= before.samples &&
                        before.samples >= static_cast<std::int64_t>((m_meeting.meta.seconds - 1) *
                                                                    before.rateHz))) {
        return true;
    }
    if (!language.empty() && m_meeting.meta.language != language) {
        m_meeting.meta.language = language;
        m_workspace->store().saveMeta(m_meeting);
    }
    m_onLine = onLine;
    const bool done = run({.kind = meetings::JobKind::Transcribe, .language = language},
                          "transcribing " + m_meeting.meta.title);
    m_onLine = {};
    return done;
}

void MeetingRun::show(const std::string& doing, const meetings::JobProgress& progress) {
    std::string line = doing;
    if (progress.total > 0) {
        const double part = std::min(progress.done / progress.total, 1.0);
        line += ", " + std::to_string(static_cast<int>(part * 100)) + " %";
    }
    if (progress.speed > 0) {
        line += " (" + clockText(progress.done) + " of " + clockText(progress.total) + "), " +
                speedText(progress.speed) + " x real time";
    }
    if (!progress.detail.empty()) {
        line += ", " + progress.detail;
    }
    if (progress.secondsLeft >= 0) {
        line += ", about " + clockText(progress.secondsLeft) + " left";
    }
    m_context.reporter.work(line);
}

meetings::Transcript MeetingRun::transcript() const {
    return m_workspace->store()
        .readTranscript(m_meeting.folder)
        .value_or(meetings::Transcript{.rateHz = 1});
}

const GenerationResult& MeetingRun::total() const {
    static const GenerationResult kNone;
    return m_engine ? m_engine->total() : kNone;
}

void MeetingRun::finish() {
    if (m_place == Place::Unfinished) {
        meetings::MeetingStore& store = m_workspace->store();
        store.deleteForever(m_workspace->moveToTrash(m_meeting.folder.filename().string()));
        if (store.list().empty()) {
            const fs::path all = store.root().parent_path();
            m_workspace.reset();
            std::error_code ignored; // the index would still hold words of what was said
            fs::remove_all(all, ignored);
        }
    }
}

void MeetingRun::tellHowToGoOn() {
    m_context.reporter.note("interrupted; what is done was kept, and the same command goes on "
                            "from there.");
}

} // namespace phial::cli
