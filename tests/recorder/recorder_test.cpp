// SPDX-License-Identifier: MIT
// The recorder thread; what it does with time is tested without it in recorder_session_test.cpp.
#include "app/recorder/posix_files.h"
#include "app/recorder/recorder.h"
#include "tests/app/fake_audio.h"
#include "tests/recorder/wav_reader.h"
#include "tests/support/temp_folder.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <future>

namespace phial::recorder {
namespace {

TEST(Recorder, RecordsOnItsOwnThreadAndTellsWhenItIsDone) {
    const test::TempFolder root;
    audio::FakeSoundSystem sound;
    PosixFiles files;
    std::promise<void> recording;
    std::promise<FinishedRecording> finished;
    bool told = false;
    RecorderEvents events;
    events.onState = [&](RecorderState state) {
        if (state == RecorderState::Recording && !std::exchange(told, true)) {
            recording.set_value();
        }
    };
    events.onFinished = [&](const FinishedRecording& done) { finished.set_value(done); };
    Recorder recorder([&] { return std::make_unique<audio::FakeBackend>(sound); }, files, events);
    recorder.start({.folder = root.path() / "meeting",
                    .fallbackRoot = {},
                    .startedUtc = {},
                    .device = "Fake/mic",
                    .secondDevice = {}});
    // Delivered sound is taken as soon as the device is open; until then nobody listens.
    const std::vector<float> block(800, 0.25F);
    while (!sound.deliver(block)) {
        std::this_thread::yield();
    }
    recording.get_future().wait();
    ASSERT_TRUE(sound.deliver(block));
    recorder.note("a note");
    recorder.stop();
    const FinishedRecording done = finished.get_future().get();
    ASSERT_EQ(done.parts.size(), 1U);
    const StrictWav wav = readStrictly(done.parts[0].file);
    EXPECT_EQ(wav.rateHz, 8000);
    EXPECT_EQ(wav.samples, std::vector<std::int16_t>(1600, 8192));
}

TEST(Recorder, ClosingTheProgramEndsTheRecordingInAnOrderlyWay) {
    const test::TempFolder root;
    audio::FakeSoundSystem sound;
    PosixFiles files;
    {
        Recorder recorder([&] { return std::make_unique<audio::FakeBackend>(sound); }, files, {});
        recorder.start({.folder = root.path() / "meeting",
                        .fallbackRoot = {},
                        .startedUtc = {},
                        .device = "Fake/mic",
                        .secondDevice = {}});
        while (!sound.deliver(std::vector<float>(400, 0.5F))) {
            std::this_thread::yield();
        }
    }
    EXPECT_EQ(readStrictly(root.path() / "meeting" / "audio.wav").samples.size(), 400U);
}

/// A systemd-inhibit that notes its words and its process.
class InhibitTool {
public:
    InhibitTool() {
        const std::filesystem::path tool = m_folder.path() / "systemd-inhibit";
        std::ofstream(tool) << "#!/bin/sh\necho $$ \"$@\" >'" << note().string() << ".part'\nmv '"
                            << note().string() << ".part' '" << note().string() << "'\nexec cat\n";
        std::filesystem::permissions(tool, std::filesystem::perms::owner_all);
        m_before = std::getenv("PATH");
        ::setenv("PATH", (m_folder.path().string() + ":" + m_before).c_str(), 1);
    }

    ~InhibitTool() { ::setenv("PATH", m_before.c_str(), 1); }

    InhibitTool(const InhibitTool&) = delete;
    InhibitTool& operator=(const InhibitTool&) = delete;

    std::filesystem::path note() const { return m_folder.path() / "note"; }

private:
    test::TempFolder m_folder;
    std::string m_before;
};

TEST(Recorder, KeepsTheComputerAwakeForAsLongAsItRecords) {
    const InhibitTool tool;
    const test::TempFolder root;
    audio::FakeSoundSystem sound;
    PosixFiles files;
    std::promise<void> idle;
    RecorderEvents events;
    events.onFinished = [&](const FinishedRecording&) { idle.set_value(); };
    pid_t process = 0;
    std::string words;
    {
        Recorder recorder([&] { return std::make_unique<audio::FakeBackend>(sound); }, files,
                          events);
        recorder.start({.folder = root.path() / "meeting",
                        .fallbackRoot = {},
                        .startedUtc = {},
                        .device = "Fake/mic",
                        .secondDevice = {}});
        while (!std::filesystem::exists(tool.note())) {
            std::this_thread::yield();
        }
        std::ifstream in(tool.note());
        in >> process;
        std::getline(in, words);
        EXPECT_EQ(::kill(process, 0), 0) << "it is held";
        recorder.stop();
        idle.get_future().wait();
        while (::kill(process, 0) == 0) {
            std::this_thread::yield(); // let go although the recorder lives on
        }
        EXPECT_EQ(errno, ESRCH);
    }
    EXPECT_NE(words.find("--what=idle:sleep"), std::string::npos) << words;
    EXPECT_NE(words.find("--mode=block"), std::string::npos) << words;
}

TEST(Recorder, WritesTimesInUtc) {
    EXPECT_EQ(utcTime(std::chrono::system_clock::time_point(std::chrono::seconds(1795238400))),
              "2026-11-21T05:20:00Z");
}

} // namespace
} // namespace phial::recorder
