// SPDX-License-Identifier: MIT
#include "app/meetings/sentences.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace phial::meetings {
namespace {

/// The sentences of a text with a stroke between them.
std::string divided(std::string_view text) {
    std::string strokes;
    std::string whole;
    for (const std::string_view sentence : sentencesOf(text)) {
        strokes += (strokes.empty() ? "" : "|") + std::string(sentence);
        whole += sentence;
    }
    EXPECT_EQ(whole, text) << "nothing gets lost";
    return strokes;
}

TEST(Sentences, EndWithAStopAndASpace) {
    EXPECT_EQ(divided("We agree. Who pays? Ann! Nobody objects…  Good."),
              "We agree. |Who pays? |Ann! |Nobody objects…  |Good.");
    EXPECT_EQ(divided("Без звука. Потом звук. Ça va. Était-ce clair ?"),
              "Без звука. |Потом звук. |Ça va. |Était-ce clair ?");
    EXPECT_EQ(divided("هل وافقت؟ نعم وافقت."), "هل وافقت؟ |نعم وافقت.");
    EXPECT_EQ(divided("no stop at all"), "no stop at all");
    EXPECT_EQ(divided(""), "");
}

TEST(Sentences, AreNotDividedAtAbbreviationsNumbersAndDates) {
    for (const char* one :
         {"It grows by 3.5 percent.", "Dr. Smith and Mrs. Jones came.",
          "Fruit, e.g. Apples, is in.", "J. R. Smith spoke.", "See No. 5 of the list.",
          "On Sept. 3 we meet.", "Wir treffen uns am 3. März wieder.",
          "Im 2. Quartal, d.h. Ende Juni, ist Schluss.", "Das ist z.B. Obst.",
          "Version 1.2.3 is out.", "See example.org for more.", "Well... maybe later.",
          "He asked “why?” and left.", "1. Budget", "The U.S. Senate meets.",
          "Call it etc. and go on."}) {
        EXPECT_EQ(sentencesOf(one).size(), 1U) << divided(one);
    }
}

TEST(Sentences, AreDividedWhereAnAbbreviationIsNoReasonNotTo) {
    EXPECT_EQ(divided("We said no. Then we left."), "We said no. |Then we left.");
    EXPECT_EQ(divided("It costs 300. The team pays."), "It costs 300. |The team pays.");
    EXPECT_EQ(divided("We meet at 5 p.m. Bring cake."), "We meet at 5 p.m. |Bring cake.");
    EXPECT_EQ(divided("Done. 5 people came."), "Done. |5 people came.");
}

TEST(Sentences, OfChineseAndJapaneseNeedNoSpace) {
    EXPECT_EQ(divided("予算を決めた。次回は三月。「本当？」と聞いた。"),
              "予算を決めた。|次回は三月。|「本当？」と聞いた。");
    EXPECT_EQ(divided("同意了！[3]下周开会。"), "同意了！[3]|下周开会。");
}

TEST(Sentences, KeepWhatClosesBehindThem) {
    EXPECT_EQ(divided("He said “yes.” Then (all agreed.) **Good.** The end."),
              "He said “yes.” |Then (all agreed.) |**Good.** |The end.");
    EXPECT_EQ(divided("We agree. [12] [13-15] Nobody objects [7]. The end.[9]"),
              "We agree. [12] [13-15] |Nobody objects [7]. |The end.[9]");
    EXPECT_EQ(divided("We agree. [See below] is no number."),
              "We agree. |[See below] is no number.");
}

TEST(Sentences, TakeAnyBytes) {
    for (const char* bytes :
         {"\xff. \xfe.", ".", "...", "[", ". [", "。", "\xe3\x80", "a. [1", "!?!? "}) {
        EXPECT_EQ(divided(bytes).empty(), false) << bytes;
    }
}

} // namespace
} // namespace phial::meetings
