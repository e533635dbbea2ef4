// SPDX-License-Identifier: MIT
#include "app/composition/action_rule.h"

#include <gtest/gtest.h>

namespace phial::app {
namespace {

using ui::Action;

TEST(ActionRule, ABareRecordingIsDictationForTheMiniModelAndAQuestionForTheReal) {
    const DraftContents sound{.sound = true};
    EXPECT_EQ(actionFor(sound, BareSpeech::Dictation, {}), Action::Transcribe);
    EXPECT_EQ(actionFor(sound, BareSpeech::Question, {}), Action::Ask);
}

TEST(ActionRule, PicturesAndTextAreAskedAboutWithOrWithoutSound) {
    for (const DraftContents& draft :
         {DraftContents{.sound = true, .picture = true}, DraftContents{.sound = true, .text = true},
          DraftContents{.sound = true, .picture = true, .text = true},
          DraftContents{.picture = true}, DraftContents{.text = true}, DraftContents{}}) {
        EXPECT_EQ(actionFor(draft, BareSpeech::Dictation, {}), Action::Ask);
    }
}

TEST(ActionRule, TheUsersChoiceHoldsWhereItUsesAllOfTheDraft) {
    EXPECT_EQ(actionFor({.sound = true}, BareSpeech::Dictation, Action::Ask), Action::Ask);
    EXPECT_EQ(actionFor({}, BareSpeech::Question, Action::Transcribe), Action::Transcribe);
    EXPECT_EQ(actionFor({.text = true}, BareSpeech::Question, Action::Translate),
              Action::Translate);
    EXPECT_EQ(actionFor({.sound = true, .text = true}, BareSpeech::Question, Action::Translate),
              Action::Translate);
    EXPECT_EQ(actionFor({.text = true}, BareSpeech::Question, Action::Transcribe), Action::Ask);
    EXPECT_EQ(actionFor({.sound = true, .picture = true}, BareSpeech::Question, Action::Transcribe),
              Action::Ask);
    EXPECT_EQ(actionFor({.picture = true}, BareSpeech::Question, Action::Translate), Action::Ask);
}

} // namespace
} // namespace phial::app
