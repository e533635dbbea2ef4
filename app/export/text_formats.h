// SPDX-License-Identifier: MIT
#pragma once

#include "app/export/export_options.h"
#include "app/meetings/transcript.h"

#include <string>
#include <vector>

namespace phial::exporting {

/// What stands around a transcript in formats for people.
struct Heading {
    std::string title;
    std::string createdUtc;
};

enum class Times { Without, With };

/// The texts of a segment that are to be written, one for each language.
std::vector<std::string> textsOf(const meetings::TranscriptSegment& segment, Languages languages);

/// One line a segment: "[1:02] Ann: Hello".
std::string plainText(const meetings::Transcript& transcript, Languages languages, Times times);

std::string markdown(const meetings::Transcript& transcript, const Heading& heading,
                     Languages languages);

/// RFC 4180 with a heading line: start, end (seconds), speaker, text, translation, language,
/// confidence, edited. All columns always.
std::string csv(const meetings::Transcript& transcript);

} // namespace phial::exporting
