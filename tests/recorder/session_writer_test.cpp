// SPDX-License-Identifier: MIT
// Disks that fill up, fail and vanish under a recording.
#include "app/recorder/recorder_session.h"
#include "app/recorder/recovery.h"
#include "app/recorder/session_writer.h"
#include "inference/base/error.h"
#include "tests/recorder/faulty_files.h"
#include "tests/recorder/scripted_sound.h"
#include "tests/recorder/wav_reader.h"
#include "tests/support/temp_folder.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace phial::recorder {
namespace {

using namespace std::chrono_literals;

constexpr int kRate = 8000;

class Writing : public testing::Test {
protected:
    std::filesystem::path folder() const { return m_root.path() / "first" / "meeting"; }

    std::filesystem::path fallbackRoot() const { return m_root.path() / "second"; }

    void begin(bool withFallback = true) {
        m_writer.emplace(
            m_files,
            WriterOptions{.folder = folder(),
                          .fallbackRoot = withFallback ? fallbackRoot() : std::filesystem::path(),
                          .format = {.rateHz = kRate, .channels = 1},
                          .device = "mic",
                          .startedUtc = "2026-01-01T00:00:00Z"},
            m_now, [this](DiskEvent event, const std::string&) { m_events.push_back(event); });
    }

    void record(std::chrono::milliseconds length) {
        for (auto done = 0ms; done < length; done += 20ms) {
            m_writer->add(countedBlock(m_frame, kRate / 50));
            m_frame += kRate / 50;
            m_now += 20ms;
            m_writer->tick(m_now);
        }
    }

    /// Frames in all files together, which must be the counted ones from the first on.
    std::int64_t framesOnDisk() const {
        std::int64_t frame = 0;
        for (const RecordingPart& part : m_writer->parts()) {
            for (const std::int16_t sample : readStrictly(part.file).samples) {
                if (sample != static_cast<std::int16_t>(counted(frame) * 32768.0F)) {
                    ADD_FAILURE() << "wrong sound at frame " << frame;
                    return -1;
                }
                ++frame;
            }
        }
        return frame;
    }

    Journal journalIn(const std::filesystem::path& path) const {
        std::ifstream in(path / "journal.jsonl");
        return parseJournal(
            std::string{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
    }

    test::TempFolder m_root;
    FaultyFiles m_files;
    std::vector<DiskEvent> m_events;
    SessionWriter::TimePoint m_now{1h};
    std::int64_t m_frame = 0;
    std::optional<SessionWriter> m_writer;
};

TEST_F(Writing, KeepsTheHeaderValidWhileItGrows) {
    begin();
    record(4200ms);
    // The last patch was at 4 s, and what was written since lies behind the claimed end.
    std::error_code error;
    PosixFiles real;
    const auto file = real.open(folder() / "audio.wav", OpenMode::Existing, error);
    const auto state = inspectWav(*file);
    ASSERT_TRUE(state);
    EXPECT_GE(state->claimedBytes, 2U * kRate * 39 / 10);
    EXPECT_GE(state->actualBytes, 2U * kRate * 41 / 10);
    EXPECT_GE(m_files.syncs, 6);
    m_writer->finish("stopped");
    EXPECT_EQ(framesOnDisk(), m_frame);
    EXPECT_TRUE(hasEnd(journalIn(folder())));
    EXPECT_TRUE(m_events.empty());
}

TEST_F(Writing, AFullDiskMovesTheRecordingToTheFallbackFolderWithoutALostSample) {
    for (const int error : {ENOSPC, EDQUOT, EIO, EROFS}) {
        m_frame = 0;
        m_events.clear();
        std::filesystem::remove_all(m_root.path() / "first");
        std::filesystem::remove_all(m_root.path() / "second");
        m_files.limits[(m_root.path() / "first").string()] = {.bytes = 30001, .error = error};
        begin();
        m_writer->note({.kind = EntryKind::Note, .text = "before"});
        record(5s);
        m_writer->finish("stopped");
        EXPECT_EQ(m_events, std::vector{DiskEvent::Moved});
        EXPECT_EQ(framesOnDisk(), m_frame);
        EXPECT_EQ(m_writer->folder(), fallbackRoot() / "meeting");
        const Journal journal = journalIn(m_writer->folder());
        EXPECT_TRUE(std::any_of(journal.entries.begin(), journal.entries.end(),
                                [](const JournalEntry& e) { return e.text == "before"; }));
    }
}

TEST_F(Writing, WithoutAFallbackAFullDiskEndsWithAWholeFile) {
    m_files.limits[(m_root.path() / "first").string()] = {.bytes = 30001, .error = ENOSPC};
    begin(false);
    record(5s);
    EXPECT_FALSE(m_writer->isOpen());
    EXPECT_EQ(m_events, std::vector{DiskEvent::Ended});
    const std::int64_t kept = framesOnDisk();
    EXPECT_GT(kept, 14000 - 1000); // 30001 bytes less header and journal
}

TEST_F(Writing, StopsCleanlyBeforeTheDiskIsFullAndWarnsHalfAnHourAhead) {
    const std::string disk = (m_root.path() / "first").string();
    m_files.free[disk] = kStopAtFreeBytes + 2U * kRate * 3600;
    begin(false);
    EXPECT_TRUE(m_events.empty());
    m_files.free[disk] = kStopAtFreeBytes + 2U * kRate * 1700;
    record(6s);
    EXPECT_EQ(m_events, std::vector{DiskEvent::LittleLeft});
    EXPECT_NEAR(m_writer->secondsLeft(), 1700, 1);
    record(20s);
    EXPECT_EQ(m_events.size(), 1U) << "said once";
    m_files.free[disk] = kStopAtFreeBytes - 1;
    record(6s);
    EXPECT_FALSE(m_writer->isOpen());
    EXPECT_EQ(m_events.back(), DiskEvent::Ended);
    EXPECT_GE(framesOnDisk(), kRate * 26);
}

TEST_F(Writing, AFolderThatVanishesIsNoticedAndItsSoundIsSaved) {
    begin();
    record(7s);
    std::filesystem::remove_all(m_root.path() / "first");
    record(9s);
    m_writer->finish("stopped");
    EXPECT_EQ(m_events, std::vector{DiskEvent::Moved});
    EXPECT_EQ(framesOnDisk(), m_frame);
}

TEST_F(Writing, AReadOnlyFolderIsReplacedFromTheBeginning) {
    m_files.unwritable[(m_root.path() / "first").string()] = EROFS;
    begin();
    record(1s);
    m_writer->finish("stopped");
    EXPECT_EQ(m_events, std::vector{DiskEvent::Moved});
    EXPECT_EQ(framesOnDisk(), m_frame);
}

TEST_F(Writing, SaysSoWhenNothingCanBeWritten) {
    m_files.unwritable[m_root.path().string()] = EACCES;
    try {
        begin();
        FAIL() << "began";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::FileUnwritable);
        EXPECT_NE(std::string(error.what()).find(folder().string()), std::string::npos);
    }
}

TEST_F(Writing, AnotherRateMakesAnotherPart) {
    begin();
    record(500ms);
    m_writer->changeFormat({.rateHz = 16000, .channels = 1});
    m_writer->add(countedBlock(m_frame, 160));
    m_writer->finish("stopped");
    ASSERT_EQ(m_writer->parts().size(), 2U);
    EXPECT_EQ(readStrictly(m_writer->parts()[1].file).rateHz, 16000);
    EXPECT_EQ(framesOnDisk(), m_frame + 160);
}

TEST_F(Writing, ARunningRecordingIsNotRecovered) {
    begin();
    record(1s);
    PosixFiles real;
    EXPECT_TRUE(recoverRecordings(real, m_root.path() / "first").empty());
}

} // namespace
} // namespace phial::recorder
