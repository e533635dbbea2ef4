// SPDX-License-Identifier: MIT
// What survives kill -9, judged by a reader of its own and by samples that tell their position.
#include "app/recorder/posix_files.h"
#include "app/recorder/recovery.h"
#include "tests/recorder/scripted_sound.h"
#include "tests/recorder/wav_reader.h"
#include "tests/support/temp_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <random>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace phial::recorder {
namespace {

constexpr int kRate = 16000;

/// A recording process and the pipe that it counts into.
class Child {
public:
    explicit Child(std::vector<std::string> arguments) {
        int ends[2];
        if (::pipe(ends) != 0) {
            throw std::runtime_error("no pipe");
        }
        arguments.insert(arguments.begin(), RECORDER_CHILD);
        std::vector<char*> argv;
        for (std::string& argument : arguments) {
            argv.push_back(argument.data());
        }
        argv.push_back(nullptr);
        m_process = ::fork();
        if (m_process == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            ::close(ends[0]);
            ::close(ends[1]);
            ::execv(argv[0], argv.data());
            ::_exit(127);
        }
        ::close(ends[1]);
        m_read = ends[0];
    }

    ~Child() { ::close(m_read); }

    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// The next count, or -1 when the process has ended.
    std::int64_t next() {
        std::int64_t frames = -1;
        return ::read(m_read, &frames, sizeof frames) == sizeof frames ? frames : -1;
    }

    int kill9() {
        ::kill(m_process, SIGKILL);
        return wait();
    }

    int wait() {
        int status = 0;
        ::waitpid(m_process, &status, 0);
        return status;
    }

private:
    pid_t m_process = 0;
    int m_read = -1;
};

TEST(RecorderCrash, KilledAtAHundredRandomMomentsItLosesAtMostAFifthOfASecond) {
    std::mt19937 random(20261121); // fixed seed: the same moments in every run
    std::uniform_int_distribution<int> moment(1, 1500);
    double worst = 0;
    for (int round = 0; round < 100; ++round) {
        const test::TempFolder root;
        const auto folder = root.path() / "2026-01-01-meeting-1";
        Child child({folder.string(), std::to_string(kRate)});
        const int blocks = moment(random);
        std::int64_t delivered = 0;
        for (int i = 0; i < blocks; ++i) {
            delivered = child.next();
            ASSERT_GT(delivered, 0);
        }
        ASSERT_TRUE(WIFSIGNALED(child.kill9()));
        for (std::int64_t last = child.next(); last > 0; last = child.next()) {
            delivered = last; // it went on between the last look and the signal
        }

        PosixFiles files;
        const std::vector<RecoveredRecording> recovered = recoverRecordings(files, root.path());
        ASSERT_EQ(recovered.size(), 1U);
        EXPECT_TRUE(recovered[0].problem.empty()) << recovered[0].problem;
        std::int64_t saved = 0;
        if (!recovered[0].parts.empty()) {
            const StrictWav wav = readStrictly(folder / "audio.wav");
            ASSERT_EQ(wav.rateHz, kRate);
            ASSERT_EQ(wav.channels, 1);
            saved = static_cast<std::int64_t>(wav.samples.size());
            for (std::int64_t i = 0; i < saved; ++i) {
                ASSERT_EQ(wav.samples[static_cast<std::size_t>(i)],
                          static_cast<std::int16_t>(counted(i) * 32768.0F))
                    << "at frame " << i;
            }
        }
        const double lost = static_cast<double>(delivered - saved) / kRate;
        EXPECT_LE(lost, 0.2) << "killed after " << delivered << " frames";
        worst = std::max(worst, lost);
        EXPECT_TRUE(recoverRecordings(files, root.path()).empty()) << "recovered twice";
    }
    RecordProperty("largest_loss_ms", static_cast<int>(worst * 1000));
    std::cout << "largest loss: " << worst * 1000 << " ms\n";
}

TEST(RecorderCrash, ALimitOnFileSizesMakesMorePartsAndLosesNothing) {
    const test::TempFolder root;
    const auto folder = root.path() / "meeting";
    Child child({folder.string(), std::to_string(kRate), "100001"});
    while (child.next() > 0) {
    }
    const int status = child.wait();
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    std::int64_t frame = 0;
    for (int part = 1; std::filesystem::exists(
             folder / (part == 1 ? "audio.wav" : "audio-" + std::to_string(part) + ".wav"));
         ++part) {
        const StrictWav wav = readStrictly(
            folder / (part == 1 ? "audio.wav" : "audio-" + std::to_string(part) + ".wav"));
        for (const std::int16_t sample : wav.samples) {
            ASSERT_EQ(sample, static_cast<std::int16_t>(counted(frame++) * 32768.0F));
        }
    }
    EXPECT_EQ(frame, 10 * kRate);
}

} // namespace
} // namespace phial::recorder
