// SPDX-License-Identifier: MIT
#include "app/documents/audio_file_reader.h"
#include "inference/base/error.h"
#include "tests/app/sample_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>

namespace phial::documents {
namespace {

using testing::HasSubstr;

/// Amplitude of one frequency in one channel, by correlation over the middle of the clip.
double amplitude(const AudioClip& clip, int channel, double frequencyHz) {
    const std::size_t frames = clip.samples.size() / static_cast<std::size_t>(clip.channels);
    const std::size_t first = frames / 4;
    const std::size_t last = frames * 3 / 4;
    std::complex<double> sum = 0;
    for (std::size_t i = first; i < last; ++i) {
        const double sample =
            static_cast<double>(clip.samples[i * static_cast<std::size_t>(clip.channels) +
                                             static_cast<std::size_t>(channel)]);
        sum += sample * std::polar(1.0, -2 * std::numbers::pi * frequencyHz *
                                            static_cast<double>(i) / clip.sampleRateHz);
    }
    return 2 * std::abs(sum) / static_cast<double>(last - first);
}

LoadedAudio decoded(std::vector<std::byte> bytes) {
    return readWholeClip(*openAudioBytes(std::move(bytes), "thing"), "thing");
}

std::string messageOf(std::vector<std::byte> bytes) {
    try {
        decoded(std::move(bytes));
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::BadMedia);
        return error.what();
    }
    return "no error";
}

std::vector<std::int16_t> ramp(std::size_t count) {
    std::vector<std::int16_t> samples(count);
    for (std::size_t i = 0; i < count; ++i) {
        samples[i] = static_cast<std::int16_t>(static_cast<int>(i * 37 % 60000) - 30000);
    }
    return samples;
}

TEST(AudioFileReader, ReadsPcmExactlyAtItsOwnRateAndChannels) {
    for (const auto& [rate, channels] :
         {std::pair{16000U, 1}, {44100U, 2}, {11025U, 3}, {8000U, 6}}) {
        const std::vector<std::int16_t> samples = ramp(static_cast<std::size_t>(channels) * 5003);
        const LoadedAudio loaded =
            decoded(wavBytes(samples, rate, static_cast<std::uint16_t>(channels)));
        EXPECT_EQ(loaded.clip.sampleRateHz, static_cast<int>(rate));
        EXPECT_EQ(loaded.clip.channels, channels);
        EXPECT_EQ(loaded.note, "");
        ASSERT_EQ(loaded.clip.samples.size(), samples.size());
        for (std::size_t i = 0; i < samples.size(); ++i) {
            ASSERT_EQ(loaded.clip.samples[i], static_cast<float>(samples[i]) / 32768.0F) << i;
        }
    }
}

struct Kind {
    const char* file;
    int rateHz;
    int channels;
};

class SoundKind : public testing::TestWithParam<Kind> {};

TEST_P(SoundKind, KeepsTonesWhereTheyBelong) {
    const Kind& kind = GetParam();
    const LoadedAudio loaded = readWholeClip(*openAudioFile(dataFile(kind.file)), kind.file);
    EXPECT_EQ(loaded.clip.sampleRateHz, kind.rateHz);
    ASSERT_EQ(loaded.clip.channels, kind.channels);
    const double seconds = static_cast<double>(loaded.clip.samples.size()) /
                           (kind.rateHz * static_cast<double>(kind.channels));
    EXPECT_NEAR(seconds, 0.6, 0.06); // lossy formats pad to whole frames
    EXPECT_EQ(loaded.note, "");
    // FFmpeg's sine has amplitude 1/8; lossy coding at low rates moves it by up to a fifth.
    EXPECT_NEAR(amplitude(loaded.clip, 0, 440), 0.125, 0.03);
    EXPECT_LT(amplitude(loaded.clip, 0, 600), 0.02);
    if (kind.channels == 2) {
        EXPECT_NEAR(amplitude(loaded.clip, 1, 880), 0.125, 0.03);
        EXPECT_LT(amplitude(loaded.clip, 1, 440), 0.02);
    }
}

TEST_P(SoundKind, GoesOnFromAnyPlaceAsIfReadFromTheBeginning) {
    const Kind& kind = GetParam();
    const LoadedAudio all = readWholeClip(*openAudioFile(dataFile(kind.file)), kind.file);
    const auto channels = static_cast<std::size_t>(kind.channels);
    const auto reader = openAudioFile(dataFile(kind.file));
    for (const double seconds : {0.45, 0.1, 0.0, 0.31}) {
        const auto frame = static_cast<std::size_t>(seconds * kind.rateHz);
        reader->seek(static_cast<std::int64_t>(frame));
        std::vector<float> rest;
        std::vector<float> block;
        while (reader->read(block)) {
            rest.insert(rest.end(), block.begin(), block.end());
        }
        const std::size_t expectedSize = all.clip.samples.size() - frame * channels;
        if (std::string_view(kind.file) == "tone.ogg") { // see seek()
            ASSERT_NEAR(static_cast<double>(rest.size()), static_cast<double>(expectedSize),
                        0.02 * kind.rateHz * kind.channels);
            continue;
        }
        ASSERT_EQ(rest.size(), expectedSize) << seconds;
        double error = 0;
        double energy = 0;
        for (std::size_t i = 0; i < rest.size(); ++i) {
            const double expected = all.clip.samples[frame * channels + i];
            error += (rest[i] - expected) * (rest[i] - expected);
            energy += expected * expected;
        }
        // Codecs that carry state over frames agree only nearly; one sample of delay is 1e-2.
        EXPECT_LT(error, 1e-3 * energy) << seconds;
    }
}

INSTANTIATE_TEST_SUITE_P(Files, SoundKind,
                         testing::Values(Kind{"tone.flac", 22050, 2}, Kind{"tone.mp3", 22050, 2},
                                         Kind{"tone.ogg", 22050, 2}, Kind{"tone.m4a", 22050, 2},
                                         Kind{"tone.opus", 48000, 2}, Kind{"video.mp4", 22050, 1}),
                         [](const auto& chosen) {
                             std::string name = chosen.param.file;
                             name[name.find('.')] = '_';
                             return name;
                         });

TEST(AudioFileReader, SaysHowFarATruncatedFileCanBeRead) {
    std::vector<std::byte> bytes = wavBytes(ramp(16000 * 4), 16000, 1);
    bytes.resize(44 + 16000 * 2 * 3); // three of four seconds
    const LoadedAudio loaded = decoded(std::move(bytes));
    EXPECT_EQ(loaded.clip.samples.size(), 48000U);
    EXPECT_THAT(loaded.note, HasSubstr("readable up to 0:03 of 0:04"));
}

TEST(AudioFileReader, StatesPlainlyWhatHasNoSound) {
    EXPECT_THAT(messageOf(bytesOf(dataFile("silent_film.mp4"))), HasSubstr("has no sound track"));
    EXPECT_THAT(messageOf(wavBytes({}, 16000, 1)), HasSubstr("zero length"));
    EXPECT_THAT(messageOf({}), HasSubstr("is empty"));
    const std::string text =
        "This is a letter, not a sound. It goes on for a while so that a guess may be made.";
    std::vector<std::byte> letter(text.size());
    std::memcpy(letter.data(), text.data(), text.size());
    EXPECT_THAT(messageOf(letter), testing::AllOf(HasSubstr("thing"), HasSubstr("WAV, FLAC")));
}

TEST(AudioFileReader, FollowsNoReferenceToOtherFiles) {
    const std::string list = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://" +
                             (dataFile("telephone.wav")).string() + "\n#EXT-X-ENDLIST\n";
    std::vector<std::byte> playlist(list.size());
    std::memcpy(playlist.data(), list.data(), list.size());
    EXPECT_NE(messageOf(playlist), "no error");
}

TEST(AudioFileReader, SaysWhyAFileCannotBeOpened) {
    for (const std::filesystem::path& path : {dataFile("absent.wav"), dataFile("")}) {
        try {
            openAudioFile(path);
            FAIL() << path;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::FileUnreadable);
            EXPECT_THAT(error.what(), HasSubstr(path.string()));
        }
    }
}

TEST(AudioFileReader, StopsWhenAsked) {
    std::stop_source stop;
    const auto reader =
        openAudioBytes(wavBytes(ramp(16000 * 20), 16000, 1), "long", stop.get_token());
    std::vector<float> block;
    ASSERT_TRUE(reader->read(block));
    EXPECT_LT(block.size(), 48000U); // blocks are small whatever the length of the file
    stop.request_stop();
    try {
        while (reader->read(block)) {
        }
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Cancelled);
    }
}

TEST(AudioFileReader, RefusesAClipTooLongForOnePiece) {
    std::vector<std::int16_t> samples(8000 * 1801);
    EXPECT_THAT(messageOf(wavBytes(samples, 8000, 1)), HasSubstr("30 minutes"));
}

TEST(AudioFileReader, GivesSoundOrAnErrorForDamagedFiles) {
    std::vector<std::vector<std::byte>> originals{wavBytes(ramp(4000), 16000, 1)};
    for (const char* file : {"tone.flac", "tone.mp3", "tone.ogg", "tone.m4a", "tone.opus",
                             "video.mp4", "telephone.wav"}) {
        originals.push_back(bytesOf(dataFile(file)));
    }
    int errors = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        try {
            const LoadedAudio loaded = decoded(mutated(originals[seed % originals.size()], random));
            EXPECT_GT(loaded.clip.sampleRateHz, 0);
            ASSERT_GT(loaded.clip.channels, 0);
            EXPECT_EQ(loaded.clip.samples.size() % static_cast<std::size_t>(loaded.clip.channels),
                      0U);
            for (const float sample : loaded.clip.samples) {
                ASSERT_TRUE(std::isfinite(sample));
            }
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::BadMedia) << error.what();
            ++errors;
        }
    }
    EXPECT_GT(errors, 20);
    EXPECT_LT(errors, 200);
}

} // namespace
} // namespace phial::documents
