// SPDX-License-Identifier: MIT
// Long recordings, the library and the recorder from the terminal, without a model and a
// microphone.
#include "app/cli/command_line.h"
#include "app/meetings/workspace/workspace.h"
#include "inference/base/atomic_file.h"
#include "tests/app/cli_fixture.h"
#include "tests/meetings/voice.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <thread>

namespace phial::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Json = nlohmann::json;

class MeetingCliTest : public CliTest {
protected:
    /// A meeting of `count` utterances, 7 s each.
    std::string recording(const std::string& name, int count) const {
        std::vector<std::int16_t> samples;
        for (const float sample : meetings::meeting(count)) {
            samples.push_back(static_cast<std::int16_t>(std::lround(sample * 30000)));
        }
        return file(name, wavBytes(samples, meetings::kRate, 1));
    }

    std::filesystem::path unfinished() const { return m_folder / "cache" / "unfinished"; }

    std::vector<meetings::MeetingEntry> library() const {
        return meetings::MeetingStore(m_folder / "data" / "meetings").list();
    }

    void answers(std::initializer_list<const char*> texts) {
        for (const char* text : texts) {
            m_script.answer({std::string(text)});
        }
    }
};

TEST_F(MeetingCliTest, LongRecordingsAreWrittenDownLineByLineAndLeaveNothingBehind) {
    const std::string talk = recording("talk.wav", 5);
    answers({"One.", "Two.", "Three.", "Four.", "Five."});
    EXPECT_EQ(run({"transcribe", talk}), 0) << m_err;
    EXPECT_EQ(m_out, "One.\nTwo.\nThree.\nFour.\nFive.\n");
    EXPECT_FALSE(std::filesystem::exists(unfinished() / "shipped"));
    EXPECT_TRUE(library().empty());
    EXPECT_THAT(m_err, HasSubstr("x real time"));
}

TEST_F(MeetingCliTest, AnInterruptedTranscriptionGoesOnWhereItStopped) {
    const std::string talk = recording("talk.wav", 5);
    answers({"One.", "Two."});
    m_script.answer({.pieces = {"Thr"},
                     .error = {},
                     .untilStopped = false,
                     .finishReason = FinishReason::Cancelled});
    EXPECT_EQ(run({"transcribe", talk}), 6);
    EXPECT_EQ(m_out, "One.\nTwo.\n");
    EXPECT_THAT(m_err, HasSubstr("the same command goes on"));
    answers({"Three.", "Four.", "Five."});
    EXPECT_EQ(run({"transcribe", talk}), 0) << m_err;
    EXPECT_EQ(m_out, "One.\nTwo.\nThree.\nFour.\nFive.\n") << "the whole answer";
    EXPECT_THAT(m_err, HasSubstr("going on with talk.wav"));
    EXPECT_EQ(m_script.requests().size(), 6U) << "nothing was asked twice";
}

TEST_F(MeetingCliTest, AChangedFileBeginsAnew) {
    const std::string talk = recording("talk.wav", 5);
    answers({"One."});
    m_script.answer({.pieces = {},
                     .error = {},
                     .untilStopped = false,
                     .finishReason = FinishReason::Cancelled});
    EXPECT_EQ(run({"transcribe", talk}), 6);
    std::filesystem::last_write_time(talk, std::filesystem::file_time_type::clock::now() +
                                               std::chrono::seconds(5));
    answers({"A.", "B.", "C.", "D.", "E."});
    EXPECT_EQ(run({"transcribe", talk}), 0);
    EXPECT_EQ(m_out, "A.\nB.\nC.\nD.\nE.\n");
}

TEST_F(MeetingCliTest, WritesEveryFormatToAFileAFolderAndStandardOutput) {
    const std::string talk = recording("talk.wav", 1);
    answers({"Hello there."});
    EXPECT_EQ(run({"transcribe", talk, "--format", "srt"}), 0) << m_err;
    EXPECT_THAT(m_out, AllOf(StartsWith("1\n00:00:02,"), HasSubstr("Hello there.")));
    for (const char* ending : {"txt", "md", "srt", "vtt", "json", "csv", "docx"}) {
        const std::string out = (m_folder / (std::string("out.") + ending)).string();
        answers({"Hello there."});
        EXPECT_EQ(run({"transcribe", talk, "--output", out}), 0) << m_err;
        EXPECT_EQ(m_out, "");
        EXPECT_FALSE(readFile(out).empty()) << ending;
    }
    EXPECT_THAT(readFile(m_folder / "out.vtt"), StartsWith("WEBVTT"));
    EXPECT_EQ(run({"transcribe", talk, "--format", "ogg"}), 2);
    EXPECT_THAT(m_err, HasSubstr("known are txt"));
    const std::string other = recording("other.wav", 1);
    answers({"One.", "Two."});
    const std::string folder = (m_folder / "results").string();
    EXPECT_EQ(run({"transcribe", talk, other, "--format", "md", "--output", folder, "-q"}), 0);
    EXPECT_THAT(readFile(m_folder / "results" / "talk.md"), HasSubstr("One."));
    EXPECT_THAT(readFile(m_folder / "results" / "other.md"), HasSubstr("Two."));
}

TEST_F(MeetingCliTest, TakesAllRecordingsOfAFolder) {
    std::filesystem::create_directory(m_folder / "talks");
    recording("talks/b.wav", 1);
    recording("talks/a.WAV", 1);
    file("talks/notes.txt", std::vector<std::byte>(3));
    answers({"A.", "B."});
    EXPECT_EQ(run({"transcribe", (m_folder / "talks").string()}), 0) << m_err;
    EXPECT_EQ(m_out, "a.WAV:\nA.\n\nb.wav:\nB.\n");
    EXPECT_EQ(run({"transcribe", m_folder.string()}), 3) << "no sound in it";
}

TEST_F(MeetingCliTest, GivesTimesSpeakersAndTokenCountsAsJson) {
    const std::string talk = recording("talk.wav", 5);
    answers({"One.", "Two.", "Three.", "Four.", "Five."});
    EXPECT_EQ(run({"transcribe", talk, "--json"}), 0);
    const Json json = Json::parse(m_out);
    EXPECT_EQ(json.at("text"), "One.\nTwo.\nThree.\nFour.\nFive.");
    EXPECT_EQ(json.at("finish_reason"), "stop");
    EXPECT_EQ(json.at("parts").size(), 5U);
    EXPECT_NEAR(json.at("parts").at(1).at("start_seconds").get<double>(), 9.55, 0.2);
    EXPECT_TRUE(json.contains("usage") && json.contains("device"));
}

TEST_F(MeetingCliTest, TranslatesAndSummarizesWithoutAskingForTheWordsTwice) {
    const std::string talk = recording("talk.wav", 5);
    answers(
        {"One.", "Two.", "Three.", "Four.", "Five.", "Eins.", "Zwei.", "Drei.", "Vier.", "Fünf."});
    EXPECT_EQ(run({"translate", talk, "--to", "de", "--library"}), 0) << m_err;
    EXPECT_EQ(m_out, "Eins.\nZwei.\nDrei.\nVier.\nFünf.\n");
    answers({"- Three things [3]"});
    EXPECT_EQ(run({"summarize", talk, "--template", "decisions", "--library"}), 0) << m_err;
    EXPECT_THAT(m_out, AllOf(StartsWith("# talk"), HasSubstr("- Three things [0:16](#t=16)")));
    ASSERT_EQ(library().size(), 1U) << "one meeting for one file";
    EXPECT_EQ(m_script.requests().size(), 11U);
    answers({"- Three things [3]"});
    EXPECT_EQ(run({"summarize", talk, "--prompt", "What?", "--format", "txt", "--library"}), 0);
    EXPECT_THAT(m_out, HasSubstr("- Three things [0:16]"));
    EXPECT_THAT(m_out, Not(HasSubstr("#t=")));
    EXPECT_EQ(run({"summarize", talk, "--format", "srt"}), 2);
    EXPECT_EQ(run({"summarize", talk, "--template", "poem"}), 2);
    EXPECT_EQ(run({"summarize", talk, "--language", "Klingon"}), 2);
}

TEST_F(MeetingCliTest, TranslatesSubtitlesAndSummarizesThem) {
    const std::string text = "1\n00:00:01,000 --> 00:00:03,000\nGood day.\n\n"
                             "2\n00:00:04,000 --> 00:00:06,500\n<i>See you.</i>\n\n";
    std::vector<std::byte> bytes(text.size());
    std::memcpy(bytes.data(), text.data(), text.size());
    const std::string subtitles = file("film.srt", bytes);
    answers({"Guten Tag.", "Bis bald."});
    EXPECT_EQ(run({"translate", subtitles, "--to", "German", "--format", "srt"}), 0) << m_err;
    EXPECT_EQ(m_out, "1\n00:00:01,000 --> 00:00:03,000\nGuten Tag.\n\n"
                     "2\n00:00:04,000 --> 00:00:06,500\nBis bald.\n\n");
    EXPECT_THAT(m_script.requests().at(1).messages.at(0).text, HasSubstr("See you."));
    answers({"- Farewell [2]"});
    EXPECT_EQ(run({"summarize", subtitles}), 0) << m_err;
    EXPECT_THAT(m_out, HasSubstr("- Farewell [0:04](#t=4)"));
    EXPECT_EQ(run({"translate", file("bad.srt", std::vector<std::byte>(9)), "--to", "de"}), 3);
}

TEST_F(MeetingCliTest, ListsSearchesAndExportsTheLibrary) {
    const std::string talk = recording("talk.wav", 5);
    answers({"One.", "Two.", "The budget.", "Four.", "Five."});
    EXPECT_EQ(run({"transcribe", talk, "--library"}), 0) << m_err;
    EXPECT_EQ(run({"library", "list"}), 0);
    EXPECT_THAT(m_out, AllOf(HasSubstr("talk"), HasSubstr("0:38")));
    const std::string name = library().at(0).folder.filename().string();
    EXPECT_EQ(run({"library", "search", "budg"}), 0);
    EXPECT_EQ(m_out, name + "  0:16  The budget.\n");
    std::filesystem::remove(m_folder / "data" / "index.sqlite");
    EXPECT_EQ(run({"library", "search", "budget"}), 0);
    EXPECT_THAT(m_err, HasSubstr("nothing found"));
    EXPECT_EQ(run({"library", "rebuild"}), 0);
    EXPECT_EQ(run({"library", "search", "budget", "--json"}), 0);
    EXPECT_EQ(Json::parse(m_out).at("text"), "The budget.");
    EXPECT_EQ(run({"library", "export", "talk", "--format", "vtt"}), 0);
    EXPECT_THAT(m_out, AllOf(StartsWith("WEBVTT"), HasSubstr("The budget.")));
    EXPECT_EQ(run({"library", "export", name, "--output", (m_folder / "t.docx").string()}), 0);
    EXPECT_THAT(readFile(m_folder / "t.docx"), StartsWith("PK"));
    EXPECT_EQ(run({"library", "export", "nothing"}), 3);
    EXPECT_EQ(run({"transcribe", name}), 0) << "a finished one is only written out";
    EXPECT_THAT(m_out, HasSubstr("The budget.\n"));
    EXPECT_EQ(m_script.requests().size(), 5U);
    EXPECT_EQ(run({"library"}), 2);
}

/// Delivers sound in the sound system's place until it is told to stop.
class Speaker {
public:
    explicit Speaker(audio::FakeSoundSystem& system)
        : m_thread([&system](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                system.deliver(std::vector<float>(800, 0.25F)); // a tenth of a second
                std::this_thread::yield();
            }
        }) {}

private:
    std::jthread m_thread;
};

TEST_F(MeetingCliTest, RecordsIntoTheLibraryWithoutAModel) {
    const Speaker speaker(m_sound);
    EXPECT_EQ(run({"record", "--title", "Weekly", "--seconds", "2"}), 0) << m_err;
    ASSERT_EQ(library().size(), 1U);
    EXPECT_EQ(m_out, library()[0].folder.string() + "\n");
    EXPECT_EQ(library()[0].meta.title, "Weekly");
    EXPECT_GE(library()[0].meta.seconds, 2);
    EXPECT_TRUE(m_loaded.empty());
    EXPECT_THAT(m_err, HasSubstr("phial: recorded "));
    const std::string own = (m_folder / "own").string();
    EXPECT_EQ(run({"record", "--output", own, "--seconds", "1", "--json"}), 0) << m_err;
    EXPECT_EQ(Json::parse(m_out).at("folder"), own);
    EXPECT_TRUE(std::filesystem::exists(m_folder / "own" / "audio.wav"));
    EXPECT_EQ(library().size(), 1U);
    EXPECT_EQ(run({"record", "--output", own}), 3) << "it is there already";
}

TEST_F(MeetingCliTest, WhoRecordsInATerminalIsRemindedToTellEveryone) {
    const Speaker speaker(m_sound);
    const std::string reminder = "phial: tell everyone that this is being recorded";
    EXPECT_EQ(run({"record", "--seconds", "1"}), 0) << m_err;
    EXPECT_THAT(m_err, Not(HasSubstr(reminder))) << "a script has nobody to tell";
    m_errKind = Terminal::Yes;
    EXPECT_EQ(run({"record", "--seconds", "1"}), 0) << m_err;
    const std::size_t at = m_err.find(reminder);
    ASSERT_NE(at, std::string::npos) << m_err;
    EXPECT_EQ(m_err.find(reminder, at + 1), std::string::npos) << "once";
    EXPECT_THAT(m_out, Not(HasSubstr("tell everyone")));
}

TEST_F(MeetingCliTest, CtrlCEndsARecordingInAnOrderlyWay) {
    const Speaker speaker(m_sound);
    m_stop.request_stop();
    EXPECT_EQ(run({"record"}), 0) << m_err;
    ASSERT_EQ(library().size(), 1U);
    EXPECT_FALSE(library()[0].meta.recovered);
}

TEST_F(MeetingCliTest, RecordsTheLoudspeakersOnAChannelOfTheirOwn) {
    EXPECT_EQ(run({"record", "--system-audio", "--seconds", "1"}), 2) << "there are none";
    EXPECT_THAT(m_err, HasSubstr("PulseAudio"));
    EXPECT_TRUE(library().empty());
}

} // namespace
} // namespace phial::cli
