// SPDX-License-Identifier: MIT
// From an interrupted recording to a summary that can be searched for, without a model.
#include "app/export/exporter.h"
#include "app/meetings/pipeline/summary_file.h"
#include "app/meetings/transcript_json.h"
#include "app/meetings/workspace/meeting_sound.h"
#include "app/meetings/workspace/workspace.h"
#include "app/recorder/posix_files.h"
#include "app/recorder/session_writer.h"
#include "app/recorder/wav_file.h"
#include "inference/base/atomic_file.h"
#include "inference/base/error.h"
#include "tests/meetings/answering_engine.h"
#include "tests/meetings/counting_wav.h"
#include "tests/meetings/voice.h"
#include "tests/support/temp_folder.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <fstream>
#include <functional>
#include <numeric>
#include <sys/inotify.h>
#include <unistd.h>

namespace phial::meetings {
namespace {

/// A meeting of that sound; returns the name of its folder.
std::string recordedMeeting(Workspace& workspace, const std::vector<float>& sound) {
    recorder::PosixFiles files;
    const recorder::RecorderOptions options =
        workspace.beginRecording("Weekly", "2026-11-21T09:00:00Z", "mic");
    recorder::SessionWriter writer(files,
                                   {.folder = options.folder,
                                    .fallbackRoot = {},
                                    .format = {.rateHz = kRate, .channels = 1},
                                    .device = "mic",
                                    .startedUtc = options.startedUtc},
                                   {}, {});
    writer.add(sound);
    writer.flush();
    MeetingEntry entry{.folder = options.folder,
                       .meta = workspace.store().readMeta(options.folder)};
    entry.meta.audio = {"audio.wav"};
    workspace.store().saveMeta(entry);
    return options.folder.filename().string();
}

TEST(Workspace, AnInterruptedRecordingBecomesAMeetingWithTextTranslationSummaryAndSearch) {
    const test::TempFolder data;
    recorder::PosixFiles files;
    WorkspaceEvents events;
    int changes = 0;
    events.onTranscriptChanged = [&](const std::string&) { ++changes; };
    Workspace workspace(data.path(), events);

    // A recording that nobody ends: its folder is copied while it runs, as a crash leaves it.
    const test::TempFolder elsewhere;
    const std::vector<float> sound = meeting(4);
    const recorder::RecorderOptions options =
        workspace.beginRecording("Weekly", "2026-11-21T09:00:00Z", "mic");
    const std::string name = options.folder.filename().string();
    {
        recorder::SessionWriter::TimePoint now{};
        recorder::SessionWriter writer(files,
                                       {.folder = elsewhere.path() / name,
                                        .fallbackRoot = {},
                                        .format = {.rateHz = kRate, .channels = 1},
                                        .device = "mic",
                                        .startedUtc = options.startedUtc},
                                       now, {});
        writer.add(sound);
        writer.flush();
        std::filesystem::copy(elsewhere.path() / name, options.folder);
    }
    const std::vector<MeetingEntry> recovered = workspace.recoverAll(files);
    ASSERT_EQ(recovered.size(), 1U);
    EXPECT_TRUE(recovered[0].meta.recovered);
    EXPECT_EQ(recovered[0].meta.title, "Weekly");
    EXPECT_NEAR(recovered[0].meta.seconds, 31, 1e-9);
    EXPECT_TRUE(workspace.recoverAll(files).empty());

    int line = 0;
    AnsweringEngine engine([&](const Request& request) -> std::string {
        const Message& message = request.messages.back();
        if (message.text.rfind("Transcribe", 0) == 0) {
            return "Line " + std::to_string(++line) + " about the budget.";
        }
        if (message.text.find("[1]") != std::string::npos) {
            return "- The budget [1]";
        }
        return "Das Budget.";
    });
    JobQueue queue([&](const JobSpec& spec) { return workspace.makeJob(spec); }, {});
    queue.add({.kind = JobKind::Transcribe, .meeting = name, .language = "English"});
    // The program is closed after two lines, with the user editing in between.
    queue.runStep(engine, {});
    queue.runStep(engine, {});
    std::stop_source closing;
    engine.onWord = [&] { closing.request_stop(); };
    queue.runStep(engine, closing.get_token());
    engine.onWord = {};
    EXPECT_TRUE(workspace.edit(name, [](Transcript& transcript) {
        return editText(transcript, transcript.segments[0].id, "Zürich was mine.");
    }));
    JobQueue next([&](const JobSpec& spec) { return workspace.makeJob(spec); }, {});
    next.load(queue.save());
    next.add({.kind = JobKind::Translate, .meeting = name, .language = "German"});
    next.add({.kind = JobKind::Summarize, .meeting = name, .detail = "decisions"});
    while (next.runStep(engine, {})) {
    }
    for (const JobView& job : next.list()) {
        EXPECT_EQ(job.state, JobState::Done) << job.problem;
    }

    const auto folder = workspace.store().root() / name;
    const std::optional<Transcript> transcript = workspace.store().readTranscript(folder);
    ASSERT_TRUE(transcript);
    ASSERT_EQ(transcript->segments.size(), 4U) << "nothing twice, nothing lost";
    EXPECT_EQ(transcript->segments[0].text, "Zürich was mine.") << "the user's words stay";
    EXPECT_EQ(transcript->doneSamples, static_cast<std::int64_t>(sound.size()));
    for (const TranscriptSegment& segment : transcript->segments) {
        EXPECT_EQ(segment.translation, "Das Budget.");
    }
    ASSERT_EQ(workspace.store().summaries(folder).size(), 1U);
    EXPECT_NE(readFile(workspace.store().summaries(folder)[0]).find("- The budget [0:02](#t=2)"),
              std::string::npos);
    const std::vector<SearchHit> hits = workspace.search("zurich");
    ASSERT_EQ(hits.size(), 1U);
    EXPECT_EQ(hits[0].folder, name);
    EXPECT_NEAR(hits[0].startSeconds, 2.55, 0.15);
    EXPECT_GE(changes, 4) << "the stop, the edit, the end and the translations";
    exporting::exportTo(data.path() / "out.srt", *transcript, {}, exporting::Format::Srt,
                        exporting::Languages::Both);
    EXPECT_NE(readFile(data.path() / "out.srt").find("Das Budget."), std::string::npos);
}

TEST(Workspace, WhatWasNotedAndMarkedWhileRecordingIsGivenToTheSummary) {
    const test::TempFolder data;
    Workspace workspace(data.path(), {});
    const MeetingEntry meeting = workspace.store().create("Weekly", "2026-11-21T09:00:00Z");
    Transcript transcript{.rateHz = kRate, .samples = 60 * kRate};
    addSegment(transcript, {.endSample = kRate, .text = "We talk about the budget."});
    workspace.store().saveTranscript(meeting.folder, transcript);
    workspace.store().saveNotes(meeting.folder, "Ben was late.");
    std::ofstream(meeting.folder / "journal.jsonl")
        << recorder::journalLine({.kind = recorder::EntryKind::Part, .rateHz = 100, .channels = 1})
        << recorder::journalLine(
               {.kind = recorder::EntryKind::Note, .frame = 1250, .text = "Ask Ann"})
        << recorder::journalLine({.kind = recorder::EntryKind::Bookmark, .frame = 4500});
    AnsweringEngine engine([](const Request&) { return "- The budget [1]"; });
    JobQueue queue([&](const JobSpec& spec) { return workspace.makeJob(spec); }, {});
    queue.add({.kind = JobKind::Summarize,
               .meeting = meeting.folder.filename().string(),
               .detail = "minutes"});
    while (queue.runStep(engine, {})) {
    }
    ASSERT_FALSE(engine.requests.empty());
    EXPECT_NE(engine.requests.back().messages.back().text.find(
                  "Ben was late.\n0:12 Ask Ann\n0:45 marked as important\n"),
              std::string::npos)
        << engine.requests.back().messages.back().text;
}

/// A meeting with two lines and a summary of them, made by a queue with an engine that says what
/// the test wants.
class SummarizedMeeting : public testing::Test {
protected:
    SummarizedMeeting() {
        Transcript transcript{.rateHz = kRate, .samples = 60 * kRate};
        addSegment(transcript, {.endSample = kRate, .text = "We talk about the budget."});
        addSegment(transcript, {.startSample = 5 * kRate,
                                .endSample = 6 * kRate,
                                .text = "The release comes in April."});
        m_workspace.store().saveTranscript(m_meeting.folder, transcript);
        m_says = "## Money\n- The budget [1]\n## Plans\n- The release in April [2]";
        run({});
    }

    /// Summarizes, or makes one part again; how that ended.
    JobView run(const SummaryPart& part) {
        JobQueue queue([&](const JobSpec& spec) { return m_workspace.makeJob(spec); }, {});
        JobSpec spec{.kind = JobKind::Summarize, .meeting = name(), .detail = "minutes"};
        if (!part.text.empty()) {
            spec.lines = {static_cast<std::int64_t>(part.line)};
            spec.part = part.text;
        }
        queue.add(spec);
        while (queue.runStep(m_engine, {})) {
        }
        return queue.list().front();
    }

    std::string name() const { return m_meeting.folder.filename().string(); }

    SummaryRecord kept() const { return readSummary(m_meeting.folder, "minutes"); }

    std::string text() const { return editableText(kept().summary); }

    const test::TempFolder m_data;
    int m_told = 0;
    WorkspaceEvents m_events{
        .onSummary = [this](const std::string&, const std::filesystem::path&) { ++m_told; }};
    Workspace m_workspace{m_data.path(), m_events};
    const MeetingEntry m_meeting = m_workspace.store().create("Weekly", "2026-11-21T09:00:00Z");
    std::string m_says;
    AnsweringEngine m_engine{[this](const Request&) { return m_says; }};
};

TEST_F(SummarizedMeeting, KeepsWhatTheUserChangedWhenItIsMadeAgain) {
    const std::string first = text();
    m_told = 0;
    const auto change = [](SummaryRecord& record) {
        return editSummary(record, "## Money\n- All of it is spent\n", "2026-11-22T09:00:00Z");
    };
    EXPECT_TRUE(m_workspace.editSummary(name(), "minutes", change));
    EXPECT_FALSE(m_workspace.editSummary(name(), "minutes", change)) << "the same again";
    EXPECT_EQ(m_told, 1);
    EXPECT_NE(readFile(m_meeting.folder / "summary-minutes.md").find("- All of it is spent\n"),
              std::string::npos)
        << "other programs see it too";
    EXPECT_EQ(run({}).state, JobState::Done);
    EXPECT_EQ(text(), first);
    ASSERT_EQ(kept().versions.size(), 2U);
    EXPECT_EQ(editableText(kept().versions[1].summary), "## Money\n- All of it is spent\n");
    EXPECT_TRUE(kept().versions[1].summary.editedByUser);
}

TEST_F(SummarizedMeeting, APartIsMadeAgainFromThePartAndTheTranscript) {
    m_engine.requests.clear();
    m_says = "## Plans\n- In April something is released [2]";
    EXPECT_EQ(run({.line = 2, .text = "## Plans"}).state, JobState::Done);
    ASSERT_EQ(m_engine.requests.size(), 1U);
    const std::string& prompt = m_engine.requests[0].messages.back().text;
    EXPECT_NE(prompt.find("## Plans\n- The release in April\n"), std::string::npos) << prompt;
    EXPECT_EQ(prompt.find("## Money"), std::string::npos) << prompt;
    EXPECT_NE(prompt.find("[2] The release comes in April."), std::string::npos) << prompt;
    EXPECT_EQ(text(), "## Money\n- The budget\n\n## Plans\n- In April something is released\n");
    EXPECT_EQ(kept().versions.size(), 1U);
}

TEST_F(SummarizedMeeting, WhatFailsKeepsWhatWasThere) {
    const SummaryRecord before = kept();
    m_says = "";
    const JobView whole = run({});
    EXPECT_EQ(whole.state, JobState::Failed);
    EXPECT_NE(whole.problem.find("is kept"), std::string::npos) << whole.problem;
    const JobView part = run({.line = 2, .text = "## Plans"});
    EXPECT_EQ(part.state, JobState::Failed);
    EXPECT_NE(part.problem.find("is kept"), std::string::npos) << part.problem;
    const JobView gone = run({.line = 2, .text = "## Penguins"});
    EXPECT_EQ(gone.state, JobState::Failed);
    EXPECT_NE(gone.problem.find("no longer"), std::string::npos) << gone.problem;
    EXPECT_EQ(kept(), before);
}

TEST_F(SummarizedMeeting, APartThatIsChangedMeanwhileIsNotOverwritten) {
    m_says = "- In April something is released [2]";
    m_engine.onWord = [this] {
        m_engine.onWord = {};
        m_workspace.editSummary(name(), "minutes", [](SummaryRecord& record) {
            return editSummary(record, "- Only this is left\n", "2026-11-22T09:00:00Z");
        });
    };
    const JobView part = run({.line = 2, .text = "## Plans"});
    EXPECT_EQ(part.state, JobState::Failed);
    EXPECT_NE(part.problem.find("changed meanwhile"), std::string::npos) << part.problem;
    EXPECT_EQ(text(), "- Only this is left\n");
}

TEST(Workspace, ARecordingThatWentOnElsewhereIsOneMeeting) {
    const test::TempFolder data;
    const test::TempFolder fallback;
    const test::TempFolder running;
    recorder::PosixFiles files;
    Workspace workspace(data.path(), {});
    recorder::RecorderOptions options =
        workspace.beginRecording("Moved", "2026-11-21T09:00:00Z", "mic");
    const std::string name = options.folder.filename().string();
    {
        recorder::SessionWriter::TimePoint now{};
        recorder::SessionWriter writer(files,
                                       {.folder = options.folder,
                                        .fallbackRoot = running.path(),
                                        .format = {.rateHz = kRate, .channels = 1},
                                        .device = "mic",
                                        .startedUtc = options.startedUtc},
                                       now, {});
        writer.add(std::vector<float>(kRate, 0.25F));
        writer.flush();
        std::filesystem::remove_all(options.folder);
        now += std::chrono::seconds(6);
        writer.tick(now);
        ASSERT_EQ(writer.folder(), running.path() / name) << "it moved";
        writer.add(std::vector<float>(2 * kRate, 0.5F));
        writer.flush();
        now += std::chrono::seconds(1);
        writer.tick(now);
        std::filesystem::copy(running.path() / name, fallback.path() / name);
    }
    const std::vector<MeetingEntry> recovered = workspace.recoverAll(files, fallback.path());
    ASSERT_EQ(recovered.size(), 1U);
    EXPECT_EQ(recovered[0].folder, options.folder);
    EXPECT_EQ(recovered[0].meta.audio.size(), 2U);
    EXPECT_NEAR(recovered[0].meta.seconds, 3, 1e-9);
    EXPECT_EQ(workspace.store().list().size(), 1U);
}

TEST(Workspace, ARecordingWhoseMeetingWasNeverToldOfItIsCompleted) {
    const test::TempFolder data;
    recorder::PosixFiles files;
    Workspace workspace(data.path(), {});
    const auto record = [&](const char* title, const std::filesystem::path& fallback) {
        const recorder::RecorderOptions options =
            workspace.beginRecording(title, "2026-11-21T09:00:00Z", "mic");
        recorder::SessionWriter::TimePoint now{};
        recorder::SessionWriter writer(files,
                                       {.folder = options.folder,
                                        .fallbackRoot = fallback,
                                        .format = {.rateHz = kRate, .channels = 2},
                                        .device = "mic",
                                        .startedUtc = options.startedUtc},
                                       now, {});
        writer.add(std::vector<float>(2 * kRate, 0.25F));
        if (!fallback.empty()) {
            std::filesystem::remove_all(options.folder);
            writer.flush();
            now += std::chrono::seconds(6);
            writer.tick(now);
            std::filesystem::create_directory(options.folder);
        }
        writer.finish("stopped"); // and here the disk is full to the last byte, or the program ends
        return options.folder;
    };
    const std::filesystem::path whole = record("Whole", {});
    const std::filesystem::path noEntry = record("No entry", {});
    const std::filesystem::path moved = record("Moved", data.path() / "recordings");
    const std::filesystem::path deleted = record("Deleted", data.path() / "recordings");
    std::filesystem::remove(noEntry / "meta.json");
    const std::filesystem::path deletedSound = data.path() / "recordings" / deleted.filename();
    EXPECT_TRUE(std::filesystem::exists(deletedSound / "audio.wav"));
    workspace.store().deleteForever(workspace.moveToTrash(deleted.filename().string()));
    EXPECT_EQ(workspace.store().readMeta(whole).seconds, 0);

    const auto completed = workspace.recoverAll(files, data.path() / "recordings");
    EXPECT_EQ(completed.size(), 3U);
    for (const std::filesystem::path& folder : {whole, noEntry, moved}) {
        const MeetingMeta meta = workspace.store().readMeta(folder);
        EXPECT_NEAR(meta.seconds, 1, 1e-9) << folder;
        EXPECT_FALSE(meta.audio.empty()) << folder;
        EXPECT_EQ(meta.channels.size(), 2U) << folder;
        EXPECT_FALSE(meta.recovered) << "it was ended as it should be";
    }
    EXPECT_EQ(workspace.store().readMeta(whole).title, "Whole");
    EXPECT_TRUE(workspace.recoverAll(files, data.path() / "recordings").empty()) << "only once";
    EXPECT_FALSE(std::filesystem::exists(deleted)) << "what was deleted stays deleted";
    EXPECT_FALSE(std::filesystem::exists(deletedSound)) << "its sound too";

    const MeetingStore& store = workspace.store();
    const std::filesystem::path movedSound = data.path() / "recordings" / moved.filename();
    std::ofstream(movedSound / "mine.txt") << "the user's own";
    const std::filesystem::path first = workspace.moveToTrash(moved.filename().string());
    EXPECT_TRUE(std::filesystem::exists(movedSound / "audio.wav")) << "it can still come back";
    const std::filesystem::path renamed = first.parent_path() / "another-name";
    std::filesystem::rename(first, renamed);
    store.deleteForever(renamed);
    EXPECT_FALSE(std::filesystem::exists(movedSound / "audio.wav"));
    EXPECT_FALSE(std::filesystem::exists(movedSound / "journal.jsonl"));
    EXPECT_TRUE(std::filesystem::exists(movedSound / "mine.txt")) << "nothing else is touched";
}

TEST(Workspace, WhatIsDeletedForGoodLeavesImportedFilesAlone) {
    const test::TempFolder data;
    Workspace workspace(data.path(), {});
    MeetingEntry meeting = workspace.store().create("Imported", "2026-01-01T00:00:00Z");
    // Not even where a name looks like one of the recorder's.
    for (const std::filesystem::path& folder :
         {data.path() / "Music", data.path() / "recordings"}) {
        std::filesystem::create_directories(folder);
        std::ofstream(folder / "audio.wav") << "sound";
        meeting.meta.audio.push_back((folder / "audio.wav").string());
    }
    workspace.store().saveMeta(meeting);
    workspace.store().deleteForever(workspace.moveToTrash(meeting.folder.filename().string()));
    EXPECT_TRUE(std::filesystem::exists(data.path() / "Music" / "audio.wav"));
    EXPECT_TRUE(std::filesystem::exists(data.path() / "recordings" / "audio.wav"));
}

TEST(Workspace, AnEndThatCannotBeWrittenDownIsToldWithTheSound) {
    const test::TempFolder data;
    Workspace workspace(data.path(), {});
    const recorder::RecorderOptions options =
        workspace.beginRecording("Weekly", "2026-11-21T09:00:00Z", "mic");
    std::filesystem::rename(options.folder, data.path() / "gone");
    std::ofstream(options.folder) << "no folder can be made here";
    const EndedRecording ended =
        workspace.endRecording({.folder = options.folder,
                                .parts = {{.file = options.folder / "audio.wav",
                                           .format = {.rateHz = kRate, .channels = 1},
                                           .frames = 2 * kRate}}});
    EXPECT_NE(ended.problem.find(options.folder.filename().string()), std::string::npos);
    EXPECT_NEAR(ended.meeting.meta.seconds, 2, 1e-9);
}

TEST(Workspace, AMeetingCanBeAboutAPartOfAFile) {
    const test::TempFolder data;
    const std::filesystem::path file = data.path() / "Long day.wav";
    writeCounting(file, 20);
    Workspace workspace(data.path(), {});
    const MeetingEntry part = workspace.import(file, "2026-01-01T00:00:00Z", 5, 8.5);
    EXPECT_EQ(part.meta.title, "Long day (0:05–0:08)");
    EXPECT_NEAR(part.meta.seconds, 3.5, 1e-9);
    EXPECT_EQ(workspace.store().readMeta(part.folder), part.meta);
    EXPECT_FALSE(workspace.importedFrom(file)) << "not all of it";

    std::vector<int> expected(3500);
    std::iota(expected.begin(), expected.end(), 5000);
    const tasks::SoundSource sound = soundOf(part);
    EXPECT_NEAR(sound.seconds, 3.5, 1e-9);
    EXPECT_EQ(countedIn(sound.next), expected);
    const auto reader = readerOf(part);
    EXPECT_EQ(countedIn([&](auto& block) { return reader->read(block); }), expected);
    reader->seek(3000);
    EXPECT_EQ(countedIn([&](auto& block) { return reader->read(block); }),
              std::vector<int>(expected.begin() + 3000, expected.end()));
    reader->seek(9000);
    EXPECT_TRUE(countedIn([&](auto& block) { return reader->read(block); }).empty());

    const MeetingEntry rest = workspace.import(file, "2026-01-01T00:00:00Z", 18, 3600);
    EXPECT_NEAR(rest.meta.seconds, 2, 1e-9) << "no longer than the file";
    EXPECT_THROW(workspace.import(file, "2026-01-01T00:00:00Z", 30, 40), Error);
    EXPECT_EQ(workspace.store().list().size(), 2U);
    const MeetingEntry whole = workspace.import(file, "2026-01-01T00:00:00Z");
    EXPECT_EQ(workspace.importedFrom(file)->folder, whole.folder);
    EXPECT_EQ(countedIn(soundOf(whole).next).size(), 20000U);
}

/// Counts how often a file is opened.
class Openings {
public:
    explicit Openings(const std::filesystem::path& file)
        : m_events(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
        ::inotify_add_watch(m_events, file.c_str(), IN_OPEN);
    }

    ~Openings() { ::close(m_events); }

    Openings(const Openings&) = delete;
    Openings& operator=(const Openings&) = delete;

    /// Since the last call.
    int count() const {
        alignas(inotify_event) std::array<char, 4096> bytes{};
        int count = 0;
        for (ssize_t got = 0; (got = ::read(m_events, bytes.data(), bytes.size())) > 0;) {
            count += static_cast<int>(static_cast<std::size_t>(got) / sizeof(inotify_event));
        }
        return count;
    }

private:
    int m_events;
};

TEST(Workspace, AFileThatWasLookedAtIsNotOpenedAgainToImportIt) {
    const test::TempFolder data;
    const std::filesystem::path file = data.path() / "Day.wav";
    writeCounting(file, 3);
    Workspace workspace(data.path(), {});
    const Openings openings(file);
    const MeetingEntry unknown = workspace.import(file, "2026-01-01T00:00:00Z");
    EXPECT_GE(openings.count(), 1);
    const MeetingEntry known = workspace.import(file, "2026-01-01T00:00:00Z", 0, 0, 3.0);
    EXPECT_EQ(openings.count(), 0);
    EXPECT_EQ(known.meta.seconds, unknown.meta.seconds);
    EXPECT_EQ(known.meta.audio, unknown.meta.audio);
}

TEST(Workspace, ATranscriptionThatIsBegunAnewIsNotMixedWithTheOneThatStillRuns) {
    const test::TempFolder data;
    Workspace workspace(data.path(), {});
    const std::string name = recordedMeeting(workspace, meeting(3));
    const auto folder = workspace.store().root() / name;
    AnsweringEngine dutch([](const Request&) { return std::string("Dat gaan we doen."); });
    AnsweringEngine german([](const Request&) { return std::string("Das machen wir."); });
    const JobSpec spec{.kind = JobKind::Transcribe, .meeting = name};
    const std::unique_ptr<Job> before = workspace.makeJob(spec);
    while (workspace.store().readTranscript(folder).value_or(Transcript{}).segments.empty()) {
        std::stop_source saves; // as the queue does, when something urgent comes
        ASSERT_NE(before->step(dutch, {}), StepResult::Done);
        saves.request_stop();
        before->step(dutch, saves.get_token());
    }
    workspace.transcribeAnew(name);
    const std::unique_ptr<Job> after = workspace.makeJob(spec);
    while (before->step(dutch, {}) == StepResult::More) { // far more than its last step
    }
    EXPECT_TRUE(workspace.store().readTranscript(folder)->segments.empty());
    while (after->step(german, {}) == StepResult::More) {
    }
    const Transcript made = *workspace.store().readTranscript(folder);
    ASSERT_EQ(made.segments.size(), 3U);
    for (const TranscriptSegment& line : made.segments) {
        EXPECT_EQ(line.text, "Das machen wir.");
    }
    const auto kept = workspace.store().revisions(folder);
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(loadTranscript(kept[0]).segments.at(0).text, "Dat gaan we doen.");
}

TEST(Workspace, RefusesMeetingsThatAreNotThere) {
    const test::TempFolder data;
    Workspace workspace(data.path(), {});
    for (const char* name : {"", "..", "../meetings", "missing"}) {
        EXPECT_THROW(workspace.makeJob({.meeting = name}), Error) << name;
    }
    EXPECT_THROW(workspace.import(data.path() / "missing.mp3", "2026-01-01T00:00:00Z"), Error);
    EXPECT_TRUE(workspace.store().list().empty()) << "a failed import leaves no meeting";
}

} // namespace
} // namespace phial::meetings
