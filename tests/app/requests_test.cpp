// SPDX-License-Identifier: MIT
#include "app/tasks/requests.h"

#include <gtest/gtest.h>

namespace phial::tasks {
namespace {

Clip seconds(double length) {
    AudioClip clip;
    clip.samples.resize(static_cast<std::size_t>(length * 16000), 0.1F);
    return std::make_shared<const AudioClip>(std::move(clip));
}

// The strings are those of the model card; they are the ones its quality was measured with.
TEST(Requests, UseTheWordsOfTheModelCard) {
    const Clip clip = seconds(2);
    EXPECT_EQ(transcribe(clip).messages.at(0).text, "Transcribe the audio clip into text.");
    EXPECT_EQ(translateSpeech(clip, "German").messages.at(0).text,
              "Translate the audio to German.");
    EXPECT_EQ(transcribeAndTranslate(clip, "French").messages.at(0).text,
              "Transcribe the audio to text, and then translate the audio to French. Use <sep> as "
              "a separator between "
              "the original transcript and the translation.");
}

TEST(Requests, AreOneGreedyUserTurnWithTheRecording) {
    const Clip clip = seconds(2);
    for (const Request& request :
         {transcribe(clip), translateSpeech(clip, "German"), summarizeSpeech(clip)}) {
        ASSERT_EQ(request.messages.size(),
                  1U); // a system text makes the model answer instead of writing down
        EXPECT_EQ(request.messages[0].role, Role::User);
        ASSERT_EQ(request.messages[0].clips.size(), 1U);
        EXPECT_EQ(request.messages[0].clips[0], clip);
        EXPECT_EQ(request.sampling.temperature, 0.0F);
        EXPECT_EQ(request.sampling.repetitionPenalty, 1.0F);
    }
}

TEST(Requests, BoundTheAnswerByTheLengthOfTheSpeech) {
    EXPECT_LT(transcribe(seconds(1)).sampling.maxTokens, 100);
    EXPECT_GT(transcribe(seconds(30)).sampling.maxTokens, 300);
    EXPECT_LT(transcribe(seconds(30)).sampling.maxTokens, 1000);
}

TEST(Requests, AskWhatIsShownWhenThereIsNoQuestion) {
    const auto picture =
        std::make_shared<const Image>(Image{.rgb = {1, 2, 3}, .width = 1, .height = 1});
    EXPECT_EQ(describeImages({picture, picture}, "").messages.at(0).text,
              "What is shown in this image?");
    EXPECT_EQ(describeImages({picture, picture}, "").messages.at(0).images.size(), 2U);
    EXPECT_EQ(describeImages({picture}, "Read the table.").messages.at(0).text, "Read the table.");
}

TEST(Requests, GiveAConversationASystemTextOnlyWhenAsked) {
    const Message words{.role = Role::User, .text = "Hi"};
    const Message sound{.role = Role::User, .text = "", .clips = {seconds(1)}};
    EXPECT_EQ(chat({words}, "", {}).messages.size(), 1U);
    EXPECT_EQ(chat({words, sound}, "", {}).messages.size(), 2U);
    const Request brief = chat({sound}, "Be brief.", {});
    ASSERT_EQ(brief.messages.size(), 2U);
    EXPECT_EQ(brief.messages[0].role, Role::System);
    EXPECT_EQ(brief.messages[0].text, "Be brief.");
}

TEST(Requests, TakeTranscriptAndTranslationApart) {
    const TranscriptAndTranslation both = splitAtSeparator(" Good day.<sep> Guten Tag.\n");
    EXPECT_EQ(both.transcript, "Good day.");
    EXPECT_EQ(both.translation, "Guten Tag.");
    EXPECT_EQ(splitAtSeparator("Good day.").transcript, "Good day.");
    EXPECT_EQ(splitAtSeparator("Good day.").translation, "");
    EXPECT_EQ(splitAtSeparator("<sep>").transcript, "");
    EXPECT_EQ(splitAtSeparator("").transcript, "");
}

} // namespace
} // namespace phial::tasks
