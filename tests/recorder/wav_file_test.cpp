// SPDX-License-Identifier: MIT
#include "app/recorder/posix_files.h"
#include "app/recorder/wav_file.h"
#include "tests/recorder/wav_reader.h"
#include "tests/support/temp_folder.h"

#include <gtest/gtest.h>

#include <random>

namespace phial::recorder {
namespace {

std::unique_ptr<RecordingFile> fileWith(const std::filesystem::path& path,
                                        std::span<const std::byte> bytes) {
    PosixFiles files;
    std::error_code error;
    std::unique_ptr<RecordingFile> file = files.open(path, OpenMode::Create, error);
    file->append(bytes);
    return file;
}

std::vector<std::byte> wavClaiming(std::uint64_t claimed, std::size_t held, int channels = 1) {
    const auto header = wavHeader({.rateHz = 8000, .channels = channels}, claimed);
    std::vector<std::byte> bytes(header.begin(), header.end());
    bytes.resize(bytes.size() + held, std::byte{0x81});
    return bytes;
}

TEST(WavFile, AHeaderThatFitsIsReadByAStrictReader) {
    const test::TempFolder folder;
    fileWith(folder.path() / "a.wav", wavClaiming(600, 600, 2));
    const StrictWav wav = readStrictly(folder.path() / "a.wav");
    EXPECT_EQ(wav.channels, 2);
    EXPECT_EQ(wav.rateHz, 8000);
    EXPECT_EQ(wav.samples.size(), 300U);
}

TEST(WavFile, RepairsPlaceholdersAndOldSizes) {
    for (const std::uint64_t claimed : {0U, 40U, 100000U}) {
        const test::TempFolder folder;
        const auto file = fileWith(folder.path() / "a.wav", wavClaiming(claimed, 601));
        const auto state = repairWav(*file, {});
        ASSERT_TRUE(state);
        EXPECT_EQ(state->frames(), 300U);
        EXPECT_EQ(readStrictly(folder.path() / "a.wav").samples.size(), 300U);
    }
}

TEST(WavFile, LeavesAFileWithChunksBehindItsSoundAlone) {
    const test::TempFolder folder;
    std::vector<std::byte> bytes = wavClaiming(600, 600);
    for (const char c : std::string("LIST\4\0\0\0INFO", 12)) {
        bytes.push_back(static_cast<std::byte>(c));
    }
    const auto file = fileWith(folder.path() / "a.wav", bytes);
    const auto state = repairWav(*file, {});
    ASSERT_TRUE(state);
    EXPECT_EQ(state->frames(), 300U);
    EXPECT_EQ(file->size(), bytes.size());
}

TEST(WavFile, MakesAHeaderForAFileThatHasNone) {
    const test::TempFolder folder;
    const auto file =
        fileWith(folder.path() / "a.wav", std::vector<std::byte>(kWavHeaderBytes + 40));
    ASSERT_TRUE(repairWav(*file, {.rateHz = 44100, .channels = 2}));
    EXPECT_EQ(readStrictly(folder.path() / "a.wav").rateHz, 44100);
}

TEST(WavFile, NeverTouchesWhatIsNoRecording) {
    const test::TempFolder folder;
    const auto file = fileWith(folder.path() / "a.wav", std::vector<std::byte>(500, std::byte{7}));
    EXPECT_FALSE(repairWav(*file, {.rateHz = 8000, .channels = 1}));
    std::array<std::byte, 500> now{};
    file->readAt(0, now);
    EXPECT_EQ(now[0], std::byte{7});
}

TEST(WavFile, BecomesRf64PastTwoGigabytes) {
    const std::uint64_t large = 5'000'000'000;
    const auto header = wavHeader({.rateHz = 48000, .channels = 2}, large);
    const auto text = [&](std::size_t at) {
        return std::string(reinterpret_cast<const char*>(header.data()) + at, 4);
    };
    std::uint64_t data = 0;
    std::memcpy(&data, header.data() + 28, 8);
    EXPECT_EQ(text(0), "RF64");
    EXPECT_EQ(text(12), "ds64");
    EXPECT_EQ(data, large);
    EXPECT_EQ(text(72), "data");

    // A sparse file of that length takes no room.
    const test::TempFolder folder;
    const auto file = fileWith(folder.path() / "a.wav", header);
    ASSERT_FALSE(file->truncate(kWavHeaderBytes + large + 3));
    const auto state = repairWav(*file, {});
    ASSERT_TRUE(state);
    EXPECT_EQ(state->frames(), large / 4);
    const auto again = inspectWav(*file);
    ASSERT_TRUE(again && again->consistent);
    EXPECT_EQ(again->claimedBytes, large);
}

TEST(WavFile, ReadsRandomBytesWithoutHarm) {
    std::mt19937 random(7);
    const test::TempFolder folder;
    for (int round = 0; round < 300; ++round) {
        std::vector<std::byte> bytes = wavClaiming(100, 100);
        bytes.resize(random() % bytes.size());
        for (std::size_t i = 0; i < bytes.size() && i < 6; ++i) {
            bytes[random() % bytes.size()] = static_cast<std::byte>(random());
        }
        const auto path = folder.path() / std::to_string(round);
        const auto file = fileWith(path, bytes);
        const auto state = repairWav(*file, {.rateHz = 8000, .channels = 1});
        if (state) {
            EXPECT_LE(state->frames(), bytes.size());
        }
    }
}

} // namespace
} // namespace phial::recorder
