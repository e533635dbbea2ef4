// SPDX-License-Identifier: MIT
#include "app/export/text_formats.h"

#include "inference/base/clock_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

namespace phial::exporting {
namespace {

using meetings::Transcript;
using meetings::TranscriptSegment;

/// A line feed in a segment would look like another segment.
std::string oneLine(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return text;
}

std::string markdownText(const std::string& text) {
    std::string escaped;
    for (const char c : oneLine(text)) {
        if (std::strchr("\\`*_{}[]<>#|~$", c) != nullptr && c != '\0') {
            escaped += '\\';
        }
        escaped += c;
    }
    return escaped;
}

std::string csvField(const std::string& text) {
    std::string field = "\"";
    for (const char c : text) {
        field += c == '"' ? "\"\"" : std::string(1, c);
    }
    return field + '"';
}

std::string decimal(double value, int digits) {
    // Not by the locale: a comma would be a column.
    std::array<char, 64> text{};
    const long long scale = digits == 3 ? 1000 : 10000;
    const auto whole = static_cast<long long>(value * static_cast<double>(scale) + 0.5);
    std::snprintf(text.data(), text.size(), "%lld.%0*lld", whole / scale, digits, whole % scale);
    return text.data();
}

} // namespace

std::vector<std::string> textsOf(const TranscriptSegment& segment, Languages languages) {
    const bool translated = !segment.translation.empty();
    std::vector<std::string> texts;
    if (languages != Languages::Translation || !translated) {
        texts.push_back(segment.text);
    }
    if (languages != Languages::Original && translated) {
        texts.push_back(segment.translation);
    }
    std::erase_if(texts, [](const std::string& text) { return text.empty(); });
    return texts;
}

std::string plainText(const Transcript& transcript, Languages languages, Times times) {
    std::string text;
    for (const TranscriptSegment& segment : transcript.segments) {
        bool first = true;
        for (const std::string& line : textsOf(segment, languages)) {
            if (first && times == Times::With) {
                text += '[' + clockText(transcript.seconds(segment.startSample)) + "] ";
            }
            if (first && !segment.speaker.empty()) {
                text += oneLine(segment.speaker) + ": ";
            }
            text += (first ? "" : "  ") + oneLine(line) + '\n';
            first = false;
        }
    }
    return text;
}

std::string markdown(const Transcript& transcript, const Heading& heading, Languages languages) {
    std::string text = "# " + markdownText(heading.title) + "\n\n";
    if (!heading.createdUtc.empty()) {
        text += heading.createdUtc + "\n\n";
    }
    for (const TranscriptSegment& segment : transcript.segments) {
        const std::vector<std::string> lines = textsOf(segment, languages);
        if (lines.empty()) {
            continue;
        }
        text += "**" + clockText(transcript.seconds(segment.startSample)) + "** ";
        if (!segment.speaker.empty()) {
            text += '*' + markdownText(segment.speaker) + "*: ";
        }
        text += markdownText(lines[0]) + "\n\n";
        for (std::size_t i = 1; i < lines.size(); ++i) {
            text += "> " + markdownText(lines[i]) + "\n\n";
        }
    }
    return text;
}

std::string csv(const Transcript& transcript) {
    std::string text = "start,end,speaker,text,translation,language,confidence,edited\r\n";
    for (const TranscriptSegment& segment : transcript.segments) {
        text += decimal(transcript.seconds(segment.startSample), 3) + ',' +
                decimal(transcript.seconds(segment.endSample), 3) + ',' +
                csvField(segment.speaker) + ',' + csvField(segment.text) + ',' +
                csvField(segment.translation) + ',' + csvField(segment.language) + ',' +
                (segment.confidence < 0 ? "" : decimal(segment.confidence, 4)) + ',' +
                (segment.editedByUser ? "yes" : "no") + "\r\n";
    }
    return text;
}

} // namespace phial::exporting
