// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace phial::recorder {

enum class EntryKind {
    Start,     ///< text = time as "2026-11-21T05:20:00Z", device
    Part,      ///< a sound file begins: text = file name, rateHz, channels
    Device,    ///< another microphone takes over: text = its id
    Gap,       ///< a channel's microphone went away: text = reason
    GapEnd,    ///< it is back after `seconds`
    Stall,     ///< it was there but sent nothing for `seconds`
    Overrun,   ///< `count` samples arrived faster than they could be taken
    Pause,     ///< by the user
    Resume,    ///< after `seconds`
    Bookmark,  ///< text = label, may be empty
    Note,      ///< text = what the user wrote
    Moved,     ///< the recording goes on in another folder: text = that folder
    Recovered, ///< found without an end at the next start: `count` = frames that were saved
    End,       ///< text = reason
};

/// One line of a recording's journal. Positions are on the sample clock: frames of sound since the
/// beginning of a part. Time that was not recorded (gaps, pauses) takes no frames.
struct JournalEntry {
    EntryKind kind = EntryKind::Note;
    int part = 0;
    std::int64_t frame = 0;
    int channel = 0;
    double seconds = 0;
    std::int64_t count = 0;
    int rateHz = 0;
    int channels = 0;
    std::string text;

    bool operator==(const JournalEntry&) const = default;
};

inline constexpr int kJournalSchema = 1;

/// One JSON object and a line feed.
std::string journalLine(const JournalEntry& entry);

struct Journal {
    std::vector<JournalEntry> entries;
    int unreadableLines = 0; ///< torn by a crash, or damaged; the others are still good
};

/// Reads whatever is readable. Never throws: a recording must not be lost to its own journal.
Journal parseJournal(std::string_view text);

/// What happened at a place of the sound: a bookmark or note of the user, or the end of a gap.
struct JournalMark {
    double seconds = 0; ///< of sound, from the beginning of the recording over all of its parts
    JournalEntry entry;
};

/// In their order.
std::vector<JournalMark> marksOf(const Journal& journal);

/// Whether the recording was ended in an orderly way.
bool hasEnd(const Journal& journal);

} // namespace phial::recorder
