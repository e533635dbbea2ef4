// SPDX-License-Identifier: MIT
#pragma once

#include "app/export/export_options.h"
#include "app/meetings/transcript.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace phial::exporting {

// What readers of subtitles can follow; common practice of broadcasters.
inline constexpr int kMostLines = 2;
inline constexpr int kMostColumns = 42; ///< Chinese and Japanese letters take two
inline constexpr std::int64_t kShortestMs = 1000;
inline constexpr std::int64_t kLongestMs = 7000;
inline constexpr std::int64_t kGapMs = 80;

/// One subtitle.
struct Cue {
    std::int64_t startMs = 0;
    std::int64_t endMs = 0; ///< exclusive
    std::string speaker;
    std::vector<std::string> lines;

    bool operator==(const Cue&) const = default;
};

/// Subtitles of a transcript within the limits above: all of them hold for every input. A cue
/// begins with its segment, or with its share of it; only text that is spoken faster than it can be
/// shown comes later. Of both languages, one line each.
std::vector<Cue> makeCues(const meetings::Transcript& transcript, Languages languages);

/// Breaks a text into lines of at most `columns`, between words where possible, as even as it gets.
std::vector<std::string> wrapped(std::string_view text, int columns);

std::string srtOf(const std::vector<Cue>& cues);
std::string vttOf(const std::vector<Cue>& cues);

} // namespace phial::exporting
