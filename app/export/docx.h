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

/// Text for XML 1.0: marks escaped, letters that it cannot hold left out.
std::string xmlText(std::string_view utf8);

} // namespace phial::exporting
