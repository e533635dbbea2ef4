// SPDX-License-Identifier: MIT
#include "app/meetings/workspace/meeting_sound.h"
#include "app/meetings/workspace/sound_copy.h"
#include "app/meetings/workspace/workspace.h"
#include "inference/base/atomic_file.h"
#include "inference/base/error.h"
#include "tests/meetings/counting_wav.h"
#include "tests/support/temp_folder.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>
#include <string>
#include <unistd.h>

namespace phial::meetings {
namespace {

namespace fs = std::filesystem;

ErrorCode codeOf(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::Internal; // nothing was thrown
}

/// A disk without end: the one of the test may be full.
CopyParts roomy() {
    CopyParts parts;
    parts.freeBytes = [](const fs::path&) { return std::numeric_limits<std::int64_t>::max(); };
    return parts;
}

class SoundCopy : public testing::Test {
protected:
    SoundCopy() {
        fs::create_directories(m_folder);
        for (std::size_t i = 0; i < m_bytes.size(); ++i) {
            m_bytes[i] = static_cast<char>(i * 7 + i / 251);
        }
        writeAtomically(m_file, m_bytes);
    }

    bool folderIsEmpty() const { return fs::is_empty(m_folder); }

    test::TempFolder m_temp;
    const fs::path m_file = m_temp.path() / "Board meeting.M4A";
    const fs::path m_folder = m_temp.path() / "meeting";
    std::string m_bytes = std::string(9'000'001, '\0'); // more than two pieces
};

TEST_F(SoundCopy, IsWholeAndItsOwn) {
    std::uint64_t done = 0;
    CopyParts parts = roomy();
    parts.onProgress = [&](std::uint64_t at, std::uint64_t total) {
        EXPECT_GT(at, done);
        EXPECT_EQ(total, m_bytes.size());
        done = at;
    };
    EXPECT_EQ(copySound(m_file, m_folder, parts), "imported.m4a");
    EXPECT_TRUE(done == m_bytes.size() || done == 0) << "shared blocks need no progress";
    EXPECT_EQ(readFile(m_folder / "imported.m4a"), m_bytes);
    EXPECT_EQ(fs::last_write_time(m_folder / "imported.m4a"), fs::last_write_time(m_file));
    // A program that edits the original in its place, as writers of tags do.
    std::fstream(m_file, std::ios::in | std::ios::out | std::ios::binary) << "ID3";
    EXPECT_EQ(readFile(m_folder / "imported.m4a"), m_bytes);
    EXPECT_EQ(std::distance(fs::directory_iterator(m_folder), {}), 1);
}

TEST_F(SoundCopy, WhatACrashLeftIsOverwritten) {
    writeAtomically(m_folder / "imported.m4a.part", m_bytes + m_bytes);
    copySound(m_file, m_folder, roomy());
    EXPECT_EQ(readFile(m_folder / "imported.m4a"), m_bytes);
    EXPECT_EQ(std::distance(fs::directory_iterator(m_folder), {}), 1);
}

TEST_F(SoundCopy, WithoutRoomNothingIsWritten) {
    CopyParts parts;
    parts.freeBytes = [](const fs::path&) { return kLeftFreeBytes - 1; };
    EXPECT_EQ(codeOf([&] { copySound(m_file, m_folder, parts); }), ErrorCode::DiskFull);
    EXPECT_TRUE(folderIsEmpty());
    // On another file system, with which no blocks can be shared.
    const fs::path other = "/dev/shm/phial-sound-copy-" + std::to_string(::getpid());
    fs::copy_file(m_file, other);
    parts.freeBytes = [this](const fs::path&) { return kLeftFreeBytes + m_bytes.size() - 1; };
    EXPECT_EQ(codeOf([&] { copySound(other, m_folder, parts); }), ErrorCode::DiskFull);
    EXPECT_TRUE(folderIsEmpty());
    parts.freeBytes = [this](const fs::path&) { return kLeftFreeBytes + m_bytes.size(); };
    EXPECT_EQ(copySound(other, m_folder, parts), "imported");
    fs::remove(other);
}

TEST_F(SoundCopy, StopsBetweenPiecesAndLeavesNothing) {
    const fs::path other = "/dev/shm/phial-sound-copy-" + std::to_string(::getpid());
    fs::copy_file(m_file, other);
    std::stop_source stop;
    int pieces = 0;
    CopyParts parts = roomy();
    parts.onProgress = [&](auto, auto) {
        ++pieces;
        stop.request_stop();
    };
    EXPECT_EQ(codeOf([&] { copySound(other, m_folder, parts, stop.get_token()); }),
              ErrorCode::Cancelled);
    EXPECT_EQ(pieces, 1);
    EXPECT_TRUE(folderIsEmpty());
    // Changed while it is copied: half of one and half of the other would be no recording.
    parts.onProgress = [&](auto, auto) { std::ofstream(other, std::ios::app) << "more"; };
    EXPECT_EQ(codeOf([&] { copySound(other, m_folder, parts); }), ErrorCode::FileUnreadable);
    EXPECT_TRUE(folderIsEmpty());
    fs::remove(other);
}

TEST_F(SoundCopy, SaysWhatIsNotThere) {
    EXPECT_EQ(codeOf([&] { copySound(m_temp.path() / "gone.wav", m_folder, roomy()); }),
              ErrorCode::FileUnreadable);
    EXPECT_EQ(codeOf([&] { copySound(m_temp.path(), m_folder, roomy()); }),
              ErrorCode::FileUnreadable);
    EXPECT_EQ(codeOf([&] { copySound(m_file, m_temp.path() / "gone", roomy()); }),
              ErrorCode::FileUnwritable);
}

/// A library with one meeting of ten seconds, imported and copied.
class OwnSound : public testing::Test {
protected:
    OwnSound() {
        writeCounting(m_file, 10);
        m_meeting = m_workspace.import(m_file, "2026-01-01T00:00:00Z");
    }

    std::string name() const { return m_meeting.folder.filename().string(); }

    void copy() {
        ASSERT_TRUE(m_workspace.wantCopy(name(), true));
        m_meeting = m_workspace.takeCopy(name(), copySound(m_meeting, roomy()));
    }

    test::TempFolder m_temp;
    const fs::path m_data = m_temp.path() / "data";
    const fs::path m_file = m_temp.path() / "Weekly.wav";
    Workspace m_workspace{m_data, {}};
    MeetingEntry m_meeting;
};

TEST_F(OwnSound, AMeetingNeedsNothingOutsideItsFolder) {
    EXPECT_EQ(m_meeting.meta.outsideFile(), m_file);
    EXPECT_FALSE(m_meeting.meta.copyWanted);
    EXPECT_TRUE(m_workspace.wantCopy(name(), true)->meta.copyWanted);
    EXPECT_TRUE(m_workspace.store().readMeta(m_meeting.folder).copyWanted) << "after a restart too";
    copy();
    EXPECT_EQ(m_meeting.meta, m_workspace.store().readMeta(m_meeting.folder));
    EXPECT_EQ(m_meeting.meta.audio, std::vector<std::string>{"imported.wav"});
    EXPECT_EQ(m_meeting.meta.source, m_file);
    EXPECT_FALSE(m_meeting.meta.copyWanted);
    EXPECT_FALSE(m_workspace.wantCopy(name(), true)) << "there is nothing to copy any more";
    EXPECT_EQ(m_workspace.importedFrom(m_file)->folder, m_meeting.folder) << "known all the same";

    fs::remove(m_file);
    const fs::path elsewhere = m_temp.path() / "other computer";
    fs::create_directories(elsewhere / "meetings");
    fs::rename(m_meeting.folder, elsewhere / "meetings" / m_meeting.folder.filename());
    Workspace other(elsewhere, {});
    const std::vector<MeetingEntry> all = other.store().list();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(countedIn(soundOf(all[0]).next).size(), 10'000U);
    fs::remove(all[0].folder / "meta.json");
    std::ofstream(all[0].folder / "imported.wav.part") << "what a crash leaves";
    EXPECT_EQ(other.store().list()[0].meta.audio, std::vector<std::string>{"imported.wav"});
}

TEST_F(OwnSound, OfAPartOnlyThePartIsCopied) {
    m_meeting = m_workspace.import(m_file, "2026-01-01T00:00:00Z", 5, 8.5);
    // What an earlier copy left, and what a crash did.
    std::ofstream(m_meeting.folder / "imported.wav.part") << "half";
    std::ofstream(m_meeting.folder / "imported.wav.x7Gh2k") << "half";
    std::vector<int> part(3500);
    std::iota(part.begin(), part.end(), 5000);
    std::uint64_t done = 0;
    CopyParts parts = roomy();
    parts.onProgress = [&](std::uint64_t at, std::uint64_t total) {
        done = at;
        EXPECT_EQ(total, 7000U);
    };
    m_meeting = m_workspace.takeCopy(name(), copySound(m_meeting, parts));
    EXPECT_EQ(done, 7000U);
    EXPECT_EQ(m_meeting.meta.audio, std::vector<std::string>{"imported.wav"});
    EXPECT_EQ(countedIn(soundOf(m_meeting).next), part);
    const auto reader = readerOf(m_meeting);
    reader->seek(3000);
    EXPECT_EQ(countedIn([&](auto& block) { return reader->read(block); }),
              std::vector<int>(part.begin() + 3000, part.end()));
    EXPECT_EQ(std::distance(fs::directory_iterator(m_meeting.folder), {}), 2);
    EXPECT_NE(m_workspace.importedFrom(m_file)->folder, m_meeting.folder) << "it is a part only";

    m_meeting = m_workspace.import(m_file, "2026-01-01T00:00:00Z", 5, 8.5);
    parts.freeBytes = [](const fs::path&) { return kLeftFreeBytes + 6999; };
    EXPECT_EQ(codeOf([&] { copySound(m_meeting, parts); }), ErrorCode::DiskFull);
    EXPECT_EQ(std::distance(fs::directory_iterator(m_meeting.folder), {}), 1);
}

TEST_F(OwnSound, DeletingForGoodLeavesTheOriginal) {
    copy();
    m_workspace.store().deleteForever(m_workspace.moveToTrash(name()));
    EXPECT_FALSE(fs::exists(m_meeting.folder));
    EXPECT_TRUE(fs::exists(m_file));
}

TEST_F(OwnSound, ACopyThatComesTooLateChangesNothing) {
    copy();
    const MeetingMeta before = m_meeting.meta;
    EXPECT_EQ(m_workspace.takeCopy(name(), "imported.mp3").meta, before);
}

TEST_F(OwnSound, AMissingFileIsFoundAgainByItsLength) {
    const fs::path moved = m_temp.path() / "Moved.wav";
    fs::rename(m_file, moved);
    const fs::path other = m_temp.path() / "Other.wav";
    writeCounting(other, 13);
    EXPECT_EQ(codeOf([&] { m_workspace.locateSound(name(), other); }), ErrorCode::InvalidArgument);
    EXPECT_EQ(m_workspace.store().readMeta(m_meeting.folder).outsideFile(), m_file);
    EXPECT_EQ(m_workspace.locateSound(name(), moved).meta.outsideFile(), moved);
    EXPECT_EQ(m_workspace.store().readMeta(m_meeting.folder).outsideFile(), moved);
}

} // namespace
} // namespace phial::meetings
