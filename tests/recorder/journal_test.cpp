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
