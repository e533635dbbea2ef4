// SPDX-License-Identifier: MIT
#include "app/export/docx.h"

#include "app/export/zip_writer.h"
#include "app/meetings/unicode_text.h"
#include "inference/base/clock_text.h"

namespace phial::exporting {
namespace {

constexpr std::string_view kDeclaration =
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

constexpr std::string_view kContentTypes =
    R"(<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">)"
    R"(<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>)"
    R"(<Override PartName="/word/document.xml" )"
    R"(ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>)"
    R"(</Types>)";

constexpr std::string_view kRelations =
    R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">)"
    R"(<Relationship Id="rId1" )"
    R"(Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" )"
    R"(Target="word/document.xml"/></Relationships>)";

constexpr std::string_view kDocumentStart =
    R"(<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>)";

} // namespace

std::string xmlText(std::string_view utf8) {
    std::string text;
    for (const char32_t letter : meetings::codePoints(utf8)) {
        const bool allowed = letter >= 0x20 && letter != 0xFFFE && letter != 0xFFFF;
        if (letter == '&') {
            text += "&amp;";
        } else if (letter == '<') {
            text += "&lt;";
        } else if (letter == '>') {
            text += "&gt;";
        } else if (letter == '"') {
            text += "&quot;";
        } else if (letter == '\n' || letter == '\r' || letter == '\t') {
            text += ' ';
        } else if (allowed) {
            meetings::appendUtf8(text, letter);
        }
    }
    return text;
}

std::string docxRun(std::string_view properties, std::string_view text) {
    std::string xml = "<w:r>";
    if (!properties.empty()) {
        xml.append("<w:rPr>").append(properties).append("</w:rPr>");
    }
    return xml + "<w:t xml:space=\"preserve\">" + xmlText(text) + "</w:t></w:r>";
}

std::string docxParagraph(std::string_view properties, const std::string& runs) {
    std::string xml = "<w:p>";
    if (!properties.empty()) {
        xml.append("<w:pPr>").append(properties).append("</w:pPr>");
    }
    return xml + runs + "</w:p>";
}

std::string docxFile(const Heading& heading, const std::string& paragraphs) {
    std::string body(kDeclaration);
    body += kDocumentStart;
    body += docxParagraph(R"(<w:spacing w:after="120"/>)",
                          docxRun(R"(<w:b/><w:sz w:val="36"/>)", heading.title));
    if (!heading.createdUtc.empty()) {
        body +=
            docxParagraph(R"(<w:spacing w:after="240"/>)", docxRun(kDocxMuted, heading.createdUtc));
    }
    body += paragraphs;
    body +=
        R"(<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" )"
        R"(w:bottom="1134" w:left="1134" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>)"
        "</w:body></w:document>";
    ZipWriter zip;
    zip.add("[Content_Types].xml", std::string(kDeclaration) + std::string(kContentTypes));
    zip.add("_rels/.rels", std::string(kDeclaration) + std::string(kRelations));
    zip.add("word/document.xml", body);
    return zip.finish();
}

std::string docx(const meetings::Transcript& transcript, const Heading& heading,
                 Languages languages) {
    std::string paragraphs;
    for (const meetings::TranscriptSegment& segment : transcript.segments) {
        const std::vector<std::string> texts = textsOf(segment, languages);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            std::string runs;
            if (i == 0) {
                runs +=
                    docxRun(kDocxMuted, clockText(transcript.seconds(segment.startSample)) + "  ");
                if (!segment.speaker.empty()) {
                    runs += docxRun("<w:b/>", segment.speaker + ": ");
                }
            }
            runs += docxRun(i == 0 ? "" : "<w:i/>", texts[i]);
            paragraphs +=
                docxParagraph(i == 0 ? R"(<w:spacing w:after="80"/>)"
                                     : R"(<w:spacing w:after="80"/><w:ind w:left="720"/>)",
                              runs);
        }
    }
    return docxFile(heading, paragraphs);
}

} // namespace phial::exporting
