// SPDX-License-Identifier: MIT
#include "app/export/summary_formats.h"

#include "app/export/docx.h"
#include "app/meetings/pipeline/summary_file.h"
#include "inference/base/atomic_file.h"
#include "inference/base/clock_text.h"

#include <string_view>

namespace phial::exporting {
namespace {

using meetings::LineKind;
using meetings::LinkedSentence;
using meetings::Summary;
using meetings::SummaryLine;

/// Without the marks of Markdown.
std::string plain(std::string_view markdown, LineKind kind) {
    std::string text;
    if (kind == LineKind::Heading) {
        markdown.remove_prefix(std::min(markdown.find_first_not_of("# "), markdown.size()));
    }
    for (std::size_t at = 0; at < markdown.size();) {
        if (markdown.substr(at, 2) == "**") {
            at += 2;
        } else {
            text += markdown[at++];
        }
    }
    return text;
}

std::string timesOf(const LinkedSentence& sentence) {
    std::string times;
    for (const meetings::Source& source : sentence.sources) {
        times += " [" + clockText(source.seconds) + ']';
    }
    if (sentence.isDoubtful()) {
        times.append(" ").append(meetings::kNoSource);
    }
    return times;
}

std::string plainText(const Summary& summary, const Heading& heading) {
    std::string text = heading.title + "\n\n";
    for (const std::string& problem : summary.problems) {
        text += "Missing: " + problem + "\n\n";
    }
    if (!summary.note.empty()) {
        text += summary.note + "\n\n";
    }
    for (const SummaryLine& line : summary.lines) {
        text += line.kind == LineKind::Heading && text.back() == '\n' ? "\n" : "";
        text += line.kind == LineKind::Bullet ? "- " : "";
        bool first = true;
        for (const LinkedSentence& sentence : line.sentences) {
            text += (first ? "" : " ") + plain(sentence.text, line.kind) + timesOf(sentence);
            first = false;
        }
        text += '\n';
    }
    return text;
}

std::string wordDocument(const Summary& summary, const Heading& heading) {
    constexpr std::string_view kAfter = R"(<w:spacing w:after="80"/>)";
    std::string paragraphs;
    for (const std::string& problem : summary.problems) {
        paragraphs += docxParagraph(kAfter, docxRun("<w:b/>", "Missing: ") + docxRun("", problem));
    }
    if (!summary.note.empty()) {
        paragraphs += docxParagraph(kAfter, docxRun(kDocxMuted, summary.note));
    }
    for (const SummaryLine& line : summary.lines) {
        const bool bullet = line.kind == LineKind::Bullet;
        const bool title = line.kind == LineKind::Heading;
        std::string runs = bullet ? docxRun("", "•  ") : std::string();
        for (const LinkedSentence& sentence : line.sentences) {
            runs += docxRun(title ? R"(<w:b/><w:sz w:val="28"/>)" : "",
                            plain(sentence.text, line.kind));
            runs += docxRun(kDocxMuted, timesOf(sentence) + ' ');
        }
        paragraphs += docxParagraph(
            bullet  ? R"(<w:spacing w:after="80"/><w:ind w:left="360" w:hanging="360"/>)"
            : title ? R"(<w:keepNext/><w:spacing w:before="240" w:after="80"/>)"
                    : kAfter,
            runs);
    }
    return docxFile(heading, paragraphs);
}

} // namespace

std::string exportedSummary(const meetings::SummaryRecord& record, const Heading& heading,
                            Format format) {
    switch (format) {
    case Format::Markdown:
        return meetings::summaryMarkdown(record.summary, heading.title);
    case Format::Docx:
        return wordDocument(record.summary, heading);
    case Format::Json:
        return meetings::toJson(record);
    case Format::Text:
    case Format::TextWithTimes:
    case Format::Srt:
    case Format::Vtt:
    case Format::Csv:
        break;
    }
    return plainText(record.summary, heading);
}

void exportSummaryTo(const std::filesystem::path& path, const meetings::SummaryRecord& record,
                     const Heading& heading, Format format) {
    writeAtomically(path, exportedSummary(record, heading, format));
}

} // namespace phial::exporting
