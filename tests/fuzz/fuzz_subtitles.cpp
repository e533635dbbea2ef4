// SPDX-License-Identifier: MIT
// Any bytes as subtitles of somebody else: an Error, or a transcript that can be saved, written as
// subtitles of our own, and read back.
#include "app/export/exporter.h"
#include "app/export/subtitle_reader.h"
#include "app/meetings/transcript_json.h"
#include "inference/base/error.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace phial;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    meetings::Transcript transcript;
    try {
        transcript = exporting::transcriptFromSubtitles(text, "fuzz");
    } catch (const Error& error) {
        if (error.code() != ErrorCode::FileUnreadable) {
            std::abort();
        }
        return 0;
    }
    if (meetings::transcriptFromJson(meetings::toJson(transcript), "fuzz") != transcript) {
        std::abort();
    }
    for (const exporting::Format format : {exporting::Format::Srt, exporting::Format::Vtt}) {
        const std::string own =
            exporting::exported(transcript, {}, format, exporting::Languages::Original);
        try {
            exporting::transcriptFromSubtitles(own, "own");
        } catch (const Error&) {
            // Only white space and marks: nothing is left to show.
        }
    }
    return 0;
}
