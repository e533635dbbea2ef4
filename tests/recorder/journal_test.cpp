// SPDX-License-Identifier: MIT
#include "app/recorder/journal.h"

#include <gtest/gtest.h>

namespace phial::recorder {
namespace {

TEST(Journal, ReadsBackWhatItWrote) {
    const std::vector<JournalEntry> entries{
        {.kind = EntryKind::Start, .text = "2026-11-21T05:20:00Z"},
        {.kind = EntryKind::Part, .rateHz = 48000, .channels = 2, .text = "audio.wav"},
        {.kind = EntryKind::Gap, .frame = 1234567890123, .channel = 1, .text = "unplugged"},
        {.kind = EntryKind::GapEnd, .part = 1, .frame = 5, .channel = 1, .seconds = 2.25},
        {.kind = EntryKind::Note, .frame = 9, .text = "Zürich \"said\"\n東京"},
        {.kind = EntryKind::End, .text = "stopped"},
    };
    std::string text;
    for (const JournalEntry& entry : entries) {
        text += journalLine(entry);
    }
    const Journal read = parseJournal(text);
    EXPECT_EQ(read.entries, entries);
    EXPECT_EQ(read.unreadableLines, 0);
    EXPECT_TRUE(hasEnd(read));
}

TEST(Journal, KeepsEverythingBeforeATornLineWhereverItIsTorn) {
    const std::string whole = journalLine({.kind = EntryKind::Start, .text = "x"}) +
                              journalLine({.kind = EntryKind::Bookmark, .frame = 7});
    const std::string torn = journalLine({.kind = EntryKind::Note, .frame = 8, .text = "é"});
    for (std::size_t length = 0; length + 1 < torn.size(); ++length) {
        const Journal read = parseJournal(whole + torn.substr(0, length));
        ASSERT_GE(read.entries.size(), 2U);
        EXPECT_EQ(read.entries[1].frame, 7);
        EXPECT_FALSE(hasEnd(read));
        EXPECT_EQ(read.entries.size() + static_cast<std::size_t>(read.unreadableLines),
                  length == 0 ? 2U : 3U);
    }
}

TEST(Journal, MarksAreAtTheirPlaceInAllOfTheSound) {
    const Journal journal{.entries = {
                              {.kind = EntryKind::Bookmark, .text = "before any sound"},
                              {.kind = EntryKind::Part, .rateHz = 100, .channels = 1},
                              {.kind = EntryKind::Note, .frame = 250, .text = "Ask Ann"},
                              {.kind = EntryKind::Gap, .frame = 400},
                              {.kind = EntryKind::GapEnd, .frame = 400, .seconds = 7},
                              {.kind = EntryKind::Part, .part = 1, .rateHz = 50, .channels = 1},
                              {.kind = EntryKind::Bookmark, .part = 1, .frame = 50},
                              {.kind = EntryKind::End, .part = 1, .frame = 90},
                          }};
    const std::vector<JournalMark> marks = marksOf(journal);
    ASSERT_EQ(marks.size(), 4U);
    EXPECT_EQ(marks[0].seconds, 0);
    EXPECT_EQ(marks[1].seconds, 2.5);
    EXPECT_EQ(marks[1].entry.text, "Ask Ann");
    EXPECT_EQ(marks[2].seconds, 4);
    EXPECT_EQ(marks[3].seconds, 5);
}

TEST(Journal, TakesGarbageWithoutThrowing) {
    const Journal read = parseJournal("null\n[]\n{\"event\":7}\n{\"event\":\"part\",\"rate\":\"x\","
                                      "\"frame\":1e99}\n\xff\xfe\n{\"event\":\"unheard of\"}");
    EXPECT_EQ(read.entries.size(), 1U);
    EXPECT_EQ(read.entries[0].rateHz, 0);
    EXPECT_EQ(read.unreadableLines, 5);
}

TEST(Journal, AcceptsDeviceNamesThatAreNoUtf8) {
    const Journal read = parseJournal(journalLine({.kind = EntryKind::Device, .text = "a\xffz"}));
    ASSERT_EQ(read.entries.size(), 1U);
}

} // namespace
} // namespace phial::recorder
