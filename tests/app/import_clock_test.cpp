// SPDX-License-Identifier: MIT
// Whatever the format, a sound is where it is in the file. The files are made by ffmpeg when the
// test runs; ticks of 40 ms every half second tell the time.
#include "app/documents/audio_file_reader.h"
#include "app/documents/sample_timeline.h"
#include "inference/base/error.h"
#include "tests/support/temp_folder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <ostream>

namespace phial::documents {
namespace {

constexpr const char* kTicks =
    "-f lavfi -i \"aevalsrc='if(lt(mod(t,0.5),0.04),0.8*sin(2*PI*1000*t),0)':s=44100:d=6\"";
constexpr const char* kFilm = "-f lavfi -i testsrc=size=64x48:rate=10:duration=8";

/// Runs ffmpeg in the folder of the test.
void ffmpeg(const test::TempFolder& folder, const std::string& arguments) {
    const std::string command =
        "cd '" + folder.path().string() + "' && ffmpeg -nostdin -v error -y -bitexact " + arguments;
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
}

struct Ticks {
    std::vector<double> at;
    double seconds = 0;
    std::size_t largestBlock = 0;
};

/// When a sound begins after at least 0.2 s of quiet.
Ticks ticksOf(const std::filesystem::path& file) {
    const auto reader = openAudioFile(file);
    Ticks ticks;
    std::vector<float> block;
    std::int64_t frame = 0;
    std::int64_t lastLoud = -1000000;
    while (reader->read(block)) {
        const auto channels = static_cast<std::size_t>(reader->info().channels);
        ticks.largestBlock = std::max(ticks.largestBlock, block.size());
        for (std::size_t i = 0; i < block.size(); i += channels, ++frame) {
            const auto loud = [&block](std::size_t at) { return std::abs(block[at]) > 0.25F; };
            bool any = false; // one voice may be in the middle of six channels
            for (std::size_t channel = 0; channel < channels; ++channel) {
                any = any || loud(i + channel);
            }
            if (any) {
                if (frame - lastLoud > reader->info().sampleRateHz / 5) {
                    ticks.at.push_back(static_cast<double>(frame) / reader->info().sampleRateHz);
                }
                lastLoud = frame;
            }
        }
    }
    ticks.seconds = static_cast<double>(frame) / reader->info().sampleRateHz;
    return ticks;
}

struct Form {
    const char* file;
    const char* arguments; ///< behind the ticks
    double first = 0;      ///< when the first tick is
    int count = 12;
    double tolerance = 0.012; ///< the limit of the product is 0.05

    friend void PrintTo(const Form& form, std::ostream* out) { *out << form.file; }
};

class ImportedForm : public testing::TestWithParam<Form> {};

TEST_P(ImportedForm, EveryTickIsWhereItBelongs) {
    const test::TempFolder folder;
    const Form& form = GetParam();
    ASSERT_NO_FATAL_FAILURE(
        ffmpeg(folder, std::string(kTicks) + " " + form.arguments + " " + form.file));
    const Ticks ticks = ticksOf(folder.path() / form.file);
    ASSERT_EQ(ticks.at.size(), static_cast<std::size_t>(form.count));
    for (std::size_t i = 0; i < ticks.at.size(); ++i) {
        EXPECT_NEAR(ticks.at[i], form.first + 0.5 * static_cast<double>(i), form.tolerance)
            << "tick " << i;
    }
    EXPECT_LE(ticks.largestBlock, std::size_t{2} * 48000) << "files are read in small pieces";
}

INSTANTIATE_TEST_SUITE_P(
    Formats, ImportedForm,
    testing::Values(Form{"a.mp3", "-c:a libmp3lame"}, Form{"a.m4a", "-c:a aac"},
                    Form{"a.aac", "-c:a aac", 0.023}, Form{"a.opus", "-c:a libopus"},
                    Form{"a.ogg", "-c:a libvorbis"}, Form{"a.flac", ""},
                    // FFmpeg's decoder swallows the first frame.
                    Form{"a.wma", "-c:a wmav2", 0.5, 11, 0.048}, Form{"a.aiff", ""},
                    Form{"a.au", ""}, Form{"a.caf", "-c:a alac"},
                    Form{"eight-bit.wav", "-c:a pcm_u8"},
                    Form{"float.wav", "-c:a pcm_f32le -ar 96000"},
                    Form{"telephone.wav", "-c:a pcm_mulaw -ar 8000"},
                    Form{"adpcm.wav", "-c:a adpcm_ms"}, Form{"a.mka", "-c:a ac3"},
                    Form{"a.webm", "-c:a libopus"}, Form{"surround.ogg", "-ac 6 -c:a libvorbis"}));

INSTANTIATE_TEST_SUITE_P(
    Videos, ImportedForm,
    testing::Values(
        Form{"a.mp4", "-f lavfi -i testsrc=size=64x48:rate=10:duration=8 -c:v mpeg4 -c:a aac"},
        Form{"a.mov",
             "-f lavfi -i testsrc=size=64x48:rate=10:duration=8 -c:v mpeg4 -c:a pcm_s16le"},
        Form{"a.mkv", "-f lavfi -i testsrc=size=64x48:rate=10:duration=8 -c:v mpeg4 -c:a flac"},
        Form{"a.ts", "-f lavfi -i testsrc=size=64x48:rate=10:duration=8 -c:v mpeg2video -c:a mp2"},
        // AVI has no place for the delay of the encoder.
        Form{"a.avi",
             "-f lavfi -i testsrc=size=64x48:rate=10:duration=8 -c:v mpeg4 -c:a libmp3lame",
             0.025}));

TEST(ImportClock, ATrackThatBeginsLaterThanTheVideoStaysLater) {
    for (const char* name : {"late.mp4", "late.mkv", "late.mov"}) {
        const test::TempFolder folder;
        // The sound is the second input and is moved by 1.5 s: an edit list in mp4 and mov.
        ASSERT_NO_FATAL_FAILURE(ffmpeg(folder, std::string(kFilm) + " -itsoffset 1.5 " + kTicks +
                                                   " -map 0:v -map 1:a -c:v mpeg4 -c:a aac " +
                                                   name));
        const Ticks ticks = ticksOf(folder.path() / name);
        ASSERT_EQ(ticks.at.size(), 12U) << name;
        EXPECT_NEAR(ticks.at[0], 1.5, 0.025) << name;
        EXPECT_NEAR(ticks.at[11], 7, 0.025) << name;
    }
}

/// Big-endian number of four bytes at `at`.
std::uint32_t numberAt(const std::string& bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        number = number << 8U | static_cast<unsigned char>(bytes[at + i]);
    }
    return number;
}

void putNumber(std::string& bytes, std::size_t at, std::uint32_t number) {
    for (std::size_t i = 0; i < 4; ++i) {
        bytes[at + i] = static_cast<char>(number >> (24U - 8U * i));
    }
}

TEST(ImportClock, ATrimmedFilePlaysWhatItsEditListLeaves) {
    const test::TempFolder folder;
    ASSERT_NO_FATAL_FAILURE(ffmpeg(folder, std::string(kTicks) + " -c:a aac whole.m4a"));
    std::ifstream in(folder.path() / "whole.m4a", std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    // Behind the name: version and flags, number of edits, then length (in the clock of the film,
    // 1000 a second), beginning (in the clock of the sound) and speed of the only edit.
    const std::size_t edits = bytes.find("elst");
    ASSERT_NE(edits, std::string::npos) << "ffmpeg writes the delay of the encoder as an edit";
    ASSERT_EQ(numberAt(bytes, edits + 8), 1U);
    putNumber(bytes, edits + 12, 3000);
    putNumber(bytes, edits + 16, numberAt(bytes, edits + 16) + 44100 * 13 / 10);
    std::ofstream(folder.path() / "trimmed.m4a", std::ios::binary) << bytes;
    const Ticks ticks = ticksOf(folder.path() / "trimmed.m4a");
    ASSERT_EQ(ticks.at.size(), 6U) << "1.3 s to 4.3 s of the whole";
    for (std::size_t i = 0; i < ticks.at.size(); ++i) {
        EXPECT_NEAR(ticks.at[i], 0.2 + 0.5 * static_cast<double>(i), 0.012);
    }
    EXPECT_NEAR(ticks.seconds, 3, 0.03);
}

TEST(ImportClock, AFilmThatWasCutWithoutEncodingAgainKeepsSoundAndPictureTogether) {
    const test::TempFolder folder;
    ASSERT_NO_FATAL_FAILURE(
        ffmpeg(folder, std::string(kFilm) + " " + kTicks +
                           " -map 0:v -map 1:a -c:v mpeg4 -g 10 -c:a aac film.mp4"));
    // The picture can only begin at a full second; an edit list hides what comes before 2.35 s.
    ASSERT_NO_FATAL_FAILURE(ffmpeg(folder, "-ss 2.35 -i film.mp4 -c copy cut.mp4"));
    const Ticks ticks = ticksOf(folder.path() / "cut.mp4");
    ASSERT_GE(ticks.at.size(), 7U);
    EXPECT_NEAR(ticks.at.back() - ticks.at.front(), 0.5 * static_cast<double>(ticks.at.size() - 1),
                0.012);
    EXPECT_NEAR(ticks.at.front(), 0.15, 0.025) << "2.5 s of the film";
}

TEST(ImportClock, AHoleInTheSoundIsSilenceOfItsLength) {
    const test::TempFolder folder;
    ASSERT_NO_FATAL_FAILURE(
        ffmpeg(folder, std::string(kTicks) +
                           " -af \"aselect='not(between(t,1.2,3.9))'\" -c:a flac hole.mkv"));
    const Ticks ticks = ticksOf(folder.path() / "hole.mkv");
    ASSERT_GE(ticks.at.size(), 6U);
    EXPECT_NEAR(ticks.at.back(), 5.5, 0.012);
    EXPECT_NEAR(ticks.seconds, 6, 0.05);
}

TEST(ImportClock, AChangeOfRateInTheMiddleKeepsTheTime) {
    const test::TempFolder folder;
    ASSERT_NO_FATAL_FAILURE(ffmpeg(folder, std::string(kTicks) + " -c:a aac -ar 44100 1.aac"));
    ASSERT_NO_FATAL_FAILURE(ffmpeg(folder, std::string(kTicks) + " -c:a aac -ar 22050 2.aac"));
    std::ofstream both(folder.path() / "both.aac", std::ios::binary);
    for (const char* part : {"1.aac", "2.aac"}) {
        both << std::ifstream(folder.path() / part, std::ios::binary).rdbuf();
    }
    both.close();
    const Ticks ticks = ticksOf(folder.path() / "both.aac");
    ASSERT_EQ(ticks.at.size(), 24U);
    EXPECT_NEAR(ticks.at[23] - ticks.at[12], 5.5, 0.02) << "speech does not become slower";
}

TEST(ImportClock, BrokenFilesGiveWhatCanBeReadOrASentence) {
    const test::TempFolder folder;
    for (const char* name : {"b.mp3", "b.m4a", "b.opus", "b.mkv", "b.wav"}) {
        ASSERT_NO_FATAL_FAILURE(ffmpeg(folder, std::string(kTicks) + " " + name));
        const std::filesystem::path file = folder.path() / name;
        const auto size = std::filesystem::file_size(file);
        for (const double part : {0.02, 0.5, 0.9}) {
            const std::filesystem::path cut = folder.path() / (std::string("cut-") + name);
            std::filesystem::copy_file(file, cut,
                                       std::filesystem::copy_options::overwrite_existing);
            std::filesystem::resize_file(
                cut, static_cast<std::uintmax_t>(part * static_cast<double>(size)));
            try {
                const Ticks ticks = ticksOf(cut);
                for (std::size_t i = 0; i < ticks.at.size(); ++i) {
                    EXPECT_NEAR(ticks.at[i], 0.5 * static_cast<double>(i), 0.03) << name;
                }
            } catch (const Error& error) {
                EXPECT_NE(std::string(error.what()).find(name), std::string::npos);
            }
        }
    }
}

TEST(SampleTimeline, FillsHolesSkipsOverlapsAndFollowsImpossibleStamps) {
    SampleTimeline line(1000, 100);
    EXPECT_EQ(line.place(30, 10).silence, 0) << "rounding";
    line.advance(10);
    EXPECT_EQ(line.place(5000, 10).silence, 4990);
    line.advance(5000);
    EXPECT_EQ(line.place(4500, 1000).skip, 510);
    line.advance(490);
    EXPECT_EQ(line.place(900000, 10).silence, 0) << "far behind the end: another clock";
    line.advance(10);
    EXPECT_EQ(line.place(900010, 10).silence, 0) << "which is followed from here";
    line.advance(10);
    EXPECT_EQ(line.place(901020, 10).silence, 1000);
    line.advance(1010);
    EXPECT_EQ(line.place(0, 10).skip, 0) << "the clock begins again";
    SampleTimeline unknown(1000, 0);
    EXPECT_EQ(unknown.place(50000, 10).silence, 50000);
    EXPECT_EQ(unknown.place(70000, 10).silence, 0);
}

} // namespace
} // namespace phial::documents
