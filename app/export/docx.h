// SPDX-License-Identifier: MIT
#pragma once

#include "app/export/export_options.h"
#include "app/export/text_formats.h"
#include "app/meetings/transcript.h"

#include <string>
#include <string_view>

namespace phial::exporting {

/// Bytes of a Word document (ECMA-376): title, then a paragraph for each segment.
std::string docx(const meetings::Transcript& transcript, const Heading& heading,
                 Languages languages);

/// Of a run: grey letters.
inline constexpr std::string_view kDocxMuted = R"(<w:color w:val="666666"/>)";

/// A stretch of text. `properties`: elements of w:rPr, or nothing.
std::string docxRun(std::string_view properties, std::string_view text);

/// `properties`: elements of w:pPr, or nothing; `runs`: of docxRun().
std::string docxParagraph(std::string_view properties, const std::string& runs);

/// The document with its title above paragraphs of docxParagraph().
std::string docxFile(const Heading& heading, const std::string& paragraphs);

/// Text for XML 1.0: marks escaped, letters that it cannot hold left out.
std::string xmlText(std::string_view utf8);

} // namespace phial::exporting
