// SPDX-License-Identifier: MIT
#include "app/meetings/peaks.h"
#include "app/meetings/pipeline/meeting_question.h"
#include "app/meetings/transcript_history.h"
#include "tests/support/temp_folder.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace phial::meetings {
namespace {

Transcript transcriptOf(int lines) {
    Transcript transcript;
    transcript.rateHz = 1000;
    transcript.samples = transcript.doneSamples = 1000LL * lines;
    for (int i = 0; i < lines; ++i) {
        addSegment(transcript,
                   {.startSample = 1000LL * i,
                    .endSample = 1000LL * i + 900,
                    .text = i == 40 ? "The cooling unit comes in February."
                                    : "Line about something else, number " + std::to_string(i)});
    }
    return transcript;
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(MeetingQuestion, GivesAllLinesWhenTheyFitAndRepeatsTheQuestionBehindThem) {
    const std::string prompt =
        questionPrompt(transcriptOf(50), "When does the cooling come?",
                       [](const std::string& whole) { return whole.size() < 100000; });
    EXPECT_TRUE(holds(prompt, "[1] Line about"));
    EXPECT_TRUE(holds(prompt, "[50] Line about"));
    EXPECT_GT(prompt.rfind("When does the cooling come?"), prompt.find("[50]"));
}

TEST(MeetingQuestion, KeepsTheLinesThatBearOnTheQuestionWhenRoomIsShort) {
    const auto fits = [](const std::string& whole) { return whole.size() < 900; };
    const std::string prompt =
        questionPrompt(transcriptOf(300), "When does the cooling unit come?", fits);
    EXPECT_TRUE(fits(prompt));
    EXPECT_TRUE(holds(prompt, "[41] The cooling unit comes in February."));
    EXPECT_TRUE(holds(prompt, "[40] ")); // and what is said around it
    EXPECT_TRUE(holds(prompt, "[42] "));
    EXPECT_LT(prompt.find("[40] "), prompt.find("[42] "));
}

TEST(MeetingQuestion, EverySentenceOfAnAnswerCitesTimesOfExistingLinesOrIsMarked) {
    const Transcript transcript = transcriptOf(100);
    EXPECT_EQ(answerMarkdown("It comes in February [41]. Nobody paid for champagne [999].\n\n"
                             "Here is why:\n- The cooling unit comes then.",
                             transcript),
              "It comes in February. [0:40](#t=40) Nobody paid for champagne. (no source found)\n\n"
              "Here is why:\n- The cooling unit comes then. [0:40](#t=40)");
    EXPECT_EQ(answerMarkdown("In February. [41]", transcript), "In February. [0:40](#t=40)");
    EXPECT_EQ(answerMarkdown("In February.\n[41]", transcript), "In February. [0:40](#t=40)")
        << "numbers in a line of their own";
    EXPECT_EQ(answerMarkdown("Im Februar kommt die Kühlung [41].", transcript),
              "Im Februar kommt die Kühlung. [0:40](#t=40)")
        << "another language shares no words and is believed";
    EXPECT_EQ(answerMarkdown("I think so.", transcript), "I think so. (no source found)");
    EXPECT_EQ(answerMarkdown("Yes.", transcript), "Yes. (no source found)");
    EXPECT_EQ(answerMarkdown("", transcript), "");
}

TEST(TranscriptHistory, UndoesAndRedoesWhatWasChanged) {
    Transcript transcript = transcriptOf(5);
    const Transcript first = transcript;
    TranscriptHistory history;
    const auto changed = [&](const auto& how) {
        const Transcript before = transcript;
        how();
        history.record(before, transcript);
    };
    changed([&] { editText(transcript, 2, "Other"); });
    changed([&] { splitSegment(transcript, 3, 4, 2400); });
    const Transcript split = transcript;
    changed([&] { mergeWithNext(transcript, 1); });
    EXPECT_TRUE(history.undo(transcript));
    EXPECT_EQ(transcript.segments, split.segments);
    EXPECT_TRUE(history.undo(transcript));
    EXPECT_TRUE(history.undo(transcript));
    EXPECT_EQ(transcript.segments, first.segments);
    EXPECT_FALSE(history.undo(transcript));
    EXPECT_TRUE(history.redo(transcript));
    EXPECT_TRUE(history.redo(transcript));
    EXPECT_EQ(transcript.segments, split.segments);
    changed([&] { editText(transcript, 1, "New"); });
    EXPECT_FALSE(history.canRedo());
}

TEST(TranscriptHistory, LinesThatCameMeanwhileStay) {
    Transcript transcript = transcriptOf(3);
    TranscriptHistory history;
    const Transcript before = transcript;
    editText(transcript, 2, "Other");
    history.record(before, transcript);
    addSegment(transcript, {.startSample = 9000, .endSample = 9500, .text = "Late"});
    EXPECT_TRUE(history.undo(transcript));
    ASSERT_EQ(transcript.segments.size(), 4U);
    EXPECT_EQ(transcript.segments[1].text, before.segments[1].text);
    EXPECT_EQ(transcript.segments[3].text, "Late");
}

TEST(Peaks, ShowWhereTheSoundIsLoud) {
    tasks::SoundSource sound;
    sound.sampleRateHz = 16000;
    sound.channels = 2;
    int block = 0;
    sound.next = [&](std::vector<float>& out) { // a second of silence, a second at full scale
        out.assign(2 * 4000, block < 4 ? 0.0F : 1.0F);
        return ++block <= 8;
    };
    const Peaks peaks = peaksOf(sound, {}, {});
    ASSERT_EQ(peaks.size(), 20U);
    EXPECT_EQ(peaks[9], 0);
    EXPECT_EQ(static_cast<unsigned char>(peaks[10]), 255);
}

TEST(Peaks, AreKeptForTheSameSoundOnly) {
    const test::TempFolder folder;
    const auto cache = folder.path() / "peaks" / "a";
    EXPECT_EQ(cachedPeaks(cache, "x 12"), "");
    cachePeaks(cache, "x 12", "abc");
    EXPECT_EQ(cachedPeaks(cache, "x 12"), "abc");
    EXPECT_EQ(cachedPeaks(cache, "x 13"), "");
}

} // namespace
} // namespace phial::meetings
