// SPDX-License-Identifier: MIT
#include "app/export/exporter.h"

#include "app/export/docx.h"
#include "app/export/subtitles.h"
#include "app/meetings/transcript_json.h"
#include "inference/base/atomic_file.h"

#include <array>
#include <utility>

namespace phial::exporting {
namespace {

constexpr std::array<std::pair<std::string_view, Format>, 7> kFormats{{
    {"txt", Format::Text},
    {"md", Format::Markdown},
    {"srt", Format::Srt},
    {"vtt", Format::Vtt},
    {"json", Format::Json},
    {"csv", Format::Csv},
    {"docx", Format::Docx},
}};

} // namespace

std::string_view extensionOf(Format format) {
    for (const auto& [name, known] : kFormats) {
        if (known == format) {
            return name;
        }
    }
    return "txt";
}

std::optional<Format> formatNamed(std::string_view nameOrExtension) {
    if (!nameOrExtension.empty() && nameOrExtension.front() == '.') {
        nameOrExtension.remove_prefix(1);
    }
    for (const auto& [name, format] : kFormats) {
        if (name == nameOrExtension) {
            return format;
        }
    }
    return std::nullopt;
}

std::string exported(const meetings::Transcript& transcript, const Heading& heading, Format format,
                     Languages languages) {
    switch (format) {
    case Format::Text:
        return plainText(transcript, languages, Times::Without);
    case Format::TextWithTimes:
        return plainText(transcript, languages, Times::With);
    case Format::Markdown:
        return markdown(transcript, heading, languages);
    case Format::Srt:
        return srtOf(makeCues(transcript, languages));
    case Format::Vtt:
        return vttOf(makeCues(transcript, languages));
    case Format::Json:
        return meetings::toJson(transcript);
    case Format::Csv:
        return csv(transcript);
    case Format::Docx:
        return docx(transcript, heading, languages);
    }
    return {};
}

void exportTo(const std::filesystem::path& path, const meetings::Transcript& transcript,
              const Heading& heading, Format format, Languages languages) {
    writeAtomically(path, exported(transcript, heading, format, languages));
}

} // namespace phial::exporting
