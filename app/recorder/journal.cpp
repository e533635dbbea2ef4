// SPDX-License-Identifier: MIT
#include "app/recorder/journal.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace phial::recorder {
namespace {

constexpr std::array<std::pair<EntryKind, std::string_view>, 14> kNames{{
    {EntryKind::Start, "start"},
    {EntryKind::Part, "part"},
    {EntryKind::Device, "device"},
    {EntryKind::Gap, "gap"},
    {EntryKind::GapEnd, "gap_end"},
    {EntryKind::Stall, "stall"},
    {EntryKind::Overrun, "overrun"},
    {EntryKind::Pause, "pause"},
    {EntryKind::Resume, "resume"},
    {EntryKind::Bookmark, "bookmark"},
    {EntryKind::Note, "note"},
    {EntryKind::Moved, "moved"},
    {EntryKind::Recovered, "recovered"},
    {EntryKind::End, "end"},
}};

std::string_view nameOf(EntryKind kind) {
    return std::find_if(kNames.begin(), kNames.end(),
                        [&](const auto& n) { return n.first == kind; })
        ->second;
}

/// The number under `key`, or 0 when there is none that fits.
template <typename Number>
Number numberIn(const nlohmann::json& line, const char* key) {
    const auto found = line.find(key);
    if (found == line.end()) {
        return 0;
    }
    if constexpr (std::is_floating_point_v<Number>) {
        return found->is_number() ? found->get<Number>() : 0;
    } else {
        return found->is_number_integer() ? found->get<Number>() : 0;
    }
}

std::optional<JournalEntry> parseLine(std::string_view text) {
    const nlohmann::json line = nlohmann::json::parse(text, nullptr, false);
    if (!line.is_object()) {
        return std::nullopt;
    }
    const auto event = line.find("event");
    if (event == line.end() || !event->is_string()) {
        return std::nullopt;
    }
    const auto kind = std::find_if(kNames.begin(), kNames.end(), [&](const auto& n) {
        return n.second == event->get_ref<const std::string&>();
    });
    if (kind == kNames.end()) {
        return std::nullopt;
    }
    JournalEntry entry;
    entry.kind = kind->first;
    entry.part = numberIn<int>(line, "part");
    entry.frame = numberIn<std::int64_t>(line, "frame");
    entry.channel = numberIn<int>(line, "channel");
    entry.seconds = numberIn<double>(line, "seconds");
    entry.count = numberIn<std::int64_t>(line, "count");
    entry.rateHz = numberIn<int>(line, "rate");
    entry.channels = numberIn<int>(line, "channels");
    const auto words = line.find("text");
    if (words != line.end() && words->is_string()) {
        entry.text = words->get<std::string>();
    }
    return entry;
}

} // namespace

std::string journalLine(const JournalEntry& entry) {
    nlohmann::ordered_json line;
    line["event"] = nameOf(entry.kind);
    if (entry.kind == EntryKind::Start) {
        line["schema"] = kJournalSchema;
    }
    line["part"] = entry.part;
    line["frame"] = entry.frame;
    const auto addUnlessZero = [&](const char* key, auto value) {
        if (value != 0) {
            line[key] = value;
        }
    };
    addUnlessZero("channel", entry.channel);
    addUnlessZero("seconds", entry.seconds);
    addUnlessZero("count", entry.count);
    addUnlessZero("rate", entry.rateHz);
    addUnlessZero("channels", entry.channels);
    if (!entry.text.empty()) {
        line["text"] = entry.text;
    }
    // Device names come from the sound system and need not be UTF-8.
    return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

Journal parseJournal(std::string_view text) {
    Journal journal;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty()) {
            continue;
        }
        if (std::optional<JournalEntry> entry = parseLine(line)) {
            journal.entries.push_back(std::move(*entry));
        } else {
            ++journal.unreadableLines;
        }
    }
    return journal;
}

bool hasEnd(const Journal& journal) {
    return std::any_of(journal.entries.begin(), journal.entries.end(), [](const JournalEntry& e) {
        return e.kind == EntryKind::End || e.kind == EntryKind::Recovered;
    });
}

std::vector<JournalMark> marksOf(const Journal& journal) {
    std::vector<JournalMark> marks;
    double before = 0; // seconds of the parts before
    double part = 0;
    int rateHz = 0;
    for (const JournalEntry& entry : journal.entries) {
        const double here = rateHz > 0 ? static_cast<double>(entry.frame) / rateHz : 0;
        part = std::max(part, here);
        if (entry.kind == EntryKind::Part) {
            before += entry.part > 0 ? part : 0;
            part = 0;
            rateHz = entry.rateHz;
        } else if (entry.kind == EntryKind::Bookmark || entry.kind == EntryKind::Note ||
                   entry.kind == EntryKind::GapEnd) {
            marks.push_back({.seconds = before + here, .entry = entry});
        }
    }
    return marks;
}

} // namespace phial::recorder
