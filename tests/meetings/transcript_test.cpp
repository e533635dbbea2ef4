// SPDX-License-Identifier: MIT
#include "app/meetings/transcript.h"
#include "app/meetings/transcript_json.h"
#include "inference/base/error.h"
#include "tests/support/temp_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <random>

namespace phial::meetings {
namespace {

Transcript sample() {
    Transcript transcript{.rateHz = 48000, .samples = 480000};
    addSegment(transcript, {.startSample = 48000, .endSample = 96000, .text = "Good morning."});
    addSegment(transcript, {.startSample = 240000,
                            .endSample = 300000,
                            .text = "東京で会います",
                            .translation = "We meet in Tokyo.",
                            .speaker = "Ann",
                            .language = "Japanese",
                            .confidence = 0.8125});
    addSegment(transcript, {.startSample = 120000, .endSample = 200000, .text = "Two decisions."});
    return transcript;
}

TEST(Transcript, KeepsSegmentsInOrderOfTime) {
    const Transcript transcript = sample();
    EXPECT_EQ(transcript.segments[1].text, "Two decisions.");
    EXPECT_EQ(transcript.segments[1].id, 3);
}

TEST(Transcript, EditsKeepTimesAndOldTextsAndAreSafeFromTheModel) {
    Transcript transcript = sample();
    EXPECT_TRUE(editText(transcript, 3, "Two firm decisions."));
    EXPECT_FALSE(editText(transcript, 3, "Two firm decisions."));
    EXPECT_FALSE(editText(transcript, 99, "x"));
    EXPECT_TRUE(replaceByModel(transcript, 3, "Too decisions.", "", 0.5));
    const TranscriptSegment* segment = findSegment(transcript, 3);
    EXPECT_EQ(segment->text, "Two firm decisions.");
    EXPECT_EQ(segment->startSample, 120000);
    ASSERT_EQ(segment->versions.size(), 2U);
    EXPECT_EQ(segment->versions[1].text, "Too decisions.");
    EXPECT_TRUE(restoreVersion(transcript, 3, 0));
    EXPECT_EQ(findSegment(transcript, 3)->text, "Two decisions.");
    EXPECT_FALSE(findSegment(transcript, 3)->editedByUser);
}

TEST(Transcript, AnUnclearLineIsClearWhileAnOlderTextIsTakenBack) {
    Transcript transcript{.rateHz = 16000, .samples = 100};
    addSegment(transcript, {.endSample = 50,
                            .kind = SegmentKind::Unclear,
                            .reason = UnclearReason::OtherLanguage,
                            .text = "[unclear]",
                            .versions = {{.text = "We agreed on Thursday."}}});
    const TranscriptSegment unclear = transcript.segments[0];
    ASSERT_TRUE(restoreVersion(transcript, 1, 0));
    EXPECT_EQ(transcript.segments[0].text, "We agreed on Thursday.");
    EXPECT_EQ(transcript.segments[0].kind, SegmentKind::Speech);
    EXPECT_EQ(transcript.segments[0].reason, UnclearReason::NotKnown);
    transcript = transcriptFromJson(toJson(transcript), "test");
    ASSERT_TRUE(restoreVersion(transcript, 1, 0));
    EXPECT_EQ(transcript.segments[0], unclear) << "as it was";
}

TEST(Transcript, SplitsBetweenLettersAndMergesBack) {
    Transcript transcript = sample();
    EXPECT_EQ(splitSegment(transcript, 2, 1, 260000), 0) << "inside a letter";
    EXPECT_EQ(splitSegment(transcript, 2, 0, 260000), 0) << "an empty half";
    EXPECT_EQ(splitSegment(transcript, 2, 6, 300000), 0) << "no length";
    const std::int64_t second = splitSegment(transcript, 2, 6, 260000);
    ASSERT_GT(second, 0);
    EXPECT_EQ(findSegment(transcript, 2)->text, "東京");
    EXPECT_EQ(findSegment(transcript, 2)->endSample, 260000);
    EXPECT_EQ(findSegment(transcript, second)->text, "で会います");
    EXPECT_EQ(findSegment(transcript, second)->speaker, "Ann");
    ASSERT_TRUE(mergeWithNext(transcript, 2));
    EXPECT_EQ(findSegment(transcript, 2)->text, "東京で会います") << "no space in Japanese";
    EXPECT_EQ(findSegment(transcript, 2)->endSample, 300000);
    EXPECT_FALSE(mergeWithNext(transcript, 2)) << "the last one";
    ASSERT_TRUE(mergeWithNext(transcript, 1));
    EXPECT_EQ(findSegment(transcript, 1)->text, "Good morning. Two decisions.");
}

TEST(Transcript, RenamesSpeakersAndReplacesText) {
    Transcript transcript = sample();
    EXPECT_EQ(renameSpeaker(transcript, "", "Ben"), 2);
    EXPECT_EQ(renameSpeaker(transcript, "Ann", "Anna"), 1);
    EXPECT_EQ(replaceEverywhere(transcript, "o", "0"), 5);
    EXPECT_EQ(transcript.segments[0].text, "G00d m0rning.");
    EXPECT_EQ(replaceEverywhere(transcript, "", "x"), 0);
}

TEST(TranscriptJson, IsLossless) {
    std::mt19937 random(3);
    const std::vector<std::string> texts{"", "plain", "\"quoted\" \\ \t\n", "Zürich 東京 🙂",
                                         "\x01\x1f"};
    const auto text = [&] { return texts[random() % texts.size()]; };
    for (int round = 0; round < 50; ++round) {
        Transcript transcript{
            .rateHz = 44100, .samples = 1000000, .doneSamples = 77, .translationLanguage = text()};
        for (std::int64_t at = 0; at < 20000; at += 1 + random() % 3000) {
            addSegment(transcript,
                       {.startSample = at,
                        .endSample = at + 1,
                        .kind = static_cast<SegmentKind>(random() % 3),
                        .text = text(),
                        .translation = text(),
                        .speaker = text(),
                        .language = text(),
                        .confidence = random() % 2 != 0 ? 0.8125 : -1,
                        .editedByUser = random() % 2 != 0,
                        .versions = std::vector<SegmentVersion>(
                            random() % 3, {.text = text(),
                                           .translation = text(),
                                           .author = Author::User,
                                           .kind = static_cast<SegmentKind>(random() % 3)})});
        }
        EXPECT_EQ(transcriptFromJson(toJson(transcript), "test"), transcript);
    }
}

TEST(TranscriptJson, IsWrittenAsAnybodyElseWouldWriteIt) {
    Transcript edited = sample();
    edited.segments[0].text = "two\nlines \"quoted\"";
    editText(edited, edited.segments[0].id, "other words");
    for (const Transcript& transcript : {Transcript{}, sample(), edited}) {
        const std::string json = toJson(transcript);
        EXPECT_EQ(nlohmann::ordered_json::parse(json).dump(1) + '\n', json);
    }
}

TEST(TranscriptJson, KeepsWhyALineIsUnclear) {
    Transcript transcript{.rateHz = 16000, .samples = 100};
    for (const UnclearReason reason :
         {UnclearReason::NotKnown, UnclearReason::Repetition, UnclearReason::Refusal,
          UnclearReason::Echo, UnclearReason::OtherLanguage}) {
        addSegment(transcript, {.startSample = transcript.lastId,
                                .endSample = transcript.lastId + 1,
                                .kind = SegmentKind::Unclear,
                                .reason = reason,
                                .text = "[unclear]"});
    }
    Transcript back = transcriptFromJson(toJson(transcript), "test");
    EXPECT_EQ(back.segments, transcript.segments);
    ASSERT_TRUE(editText(back, back.segments[1].id, "Good morning."));
    EXPECT_EQ(back.segments[1].reason, UnclearReason::NotKnown) << "it has words now";
}

TEST(TranscriptJson, SurvivesDamagedInputWithASentence) {
    const std::string whole = toJson(sample());
    std::mt19937 random(4);
    int refused = 0;
    for (int round = 0; round < 2000; ++round) {
        std::string damaged = whole;
        if (round % 2 == 0) {
            damaged.resize(random() % damaged.size());
        }
        for (int i = 0; i < 3 && !damaged.empty(); ++i) {
            damaged[random() % damaged.size()] = static_cast<char>(random());
        }
        try {
            transcriptFromJson(damaged, "the file");
        } catch (const Error& error) {
            ++refused;
            EXPECT_EQ(error.code(), ErrorCode::FileUnreadable);
            EXPECT_NE(std::string(error.what()).find("the file"), std::string::npos);
        }
    }
    EXPECT_GT(refused, 1000);
}

TEST(TranscriptJson, TellsWhatItIsBeforeWhatIsWrongWithALine) {
    const auto problemOf = [](std::string_view json) {
        try {
            transcriptFromJson(json, "x");
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_NE(problemOf(R"({"segments": [{"id": 0, "start": 1.5, "text": "of another program"}]})")
                  .find("it is not JSON of the format"),
              std::string::npos);
    const std::string head =
        R"({"format": "phial-transcript", "schema": 1, "rate": 1, "samples": 9, "segments": )";
    for (const auto& [lines, problem] :
         {std::pair{"[7]", "an object is missing"},
          {"[[{}]]", "an object is missing"},
          {R"({"a": {"id": 1}})", "\"segments\" is not a list"},
          {R"([{"id": 1, "start_sample": 5, "end_sample": 2}])", "ends before it begins"},
          {R"([{"id": 1, "start_sample": 0, "end_sample": 2, "more": [{"id": "x"}]},
               {"id": 1, "start_sample": 2, "end_sample": 3}])",
           "two segments have the number 1"}}) {
        EXPECT_NE(problemOf(head + lines + "}").find(problem), std::string::npos) << lines;
    }
    EXPECT_EQ(problemOf(head + R"([{"id": 1, "start_sample": 0, "end_sample": 2}]})"), "");
    // Lists of others are none of ours, wherever they are.
    EXPECT_EQ(transcriptFromJson(R"({"other": {"segments": [{}]}, "list": [{}, [{}]],
                                     "format": "phial-transcript", "schema": 1, "rate": 1,
                                     "samples": 9, "segments": [], "behind": [{}]})",
                                 "x"),
              (Transcript{.rateHz = 1, .samples = 9, .doneSamples = 9}));
}

TEST(TranscriptJson, RefusesANewerVersion) {
    std::string json = toJson(sample());
    json.replace(json.find("\"schema\": 1"), 11, "\"schema\": 2");
    EXPECT_THROW(transcriptFromJson(json, "x"), Error);
}

TEST(TranscriptJson, BrokenUtf8DoesNotStopSaving) {
    const test::TempFolder folder;
    Transcript transcript = sample();
    transcript.segments[0].text = "a\xff\xc3z";
    saveTranscript(transcript, folder.path() / "t.json");
    EXPECT_EQ(loadTranscript(folder.path() / "t.json").segments[0].text, "a\uFFFD\uFFFDz");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1)
        << "a temporary file is left";
}

} // namespace
} // namespace phial::meetings
