// SPDX-License-Identifier: MIT
// Any bytes as transcript.json and as an answer to be summarized: an Error or a value that survives
// saving.
#include "app/meetings/pipeline/meeting_question.h"
#include "app/meetings/pipeline/summary_file.h"
#include "app/meetings/pipeline/summary_text.h"
#include "app/meetings/transcript_json.h"
#include "inference/base/error.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace phial::meetings;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    Transcript transcript{.rateHz = 16000};
    addSegment(transcript, {.endSample = 5, .text = "budget"});
    try {
        transcript = transcriptFromJson(text, "fuzz");
        if (transcriptFromJson(toJson(transcript), "fuzz") != transcript) {
            std::abort();
        }
    } catch (const phial::Error& error) {
        if (error.code() != phial::ErrorCode::FileUnreadable) {
            std::abort();
        }
    }
    const Summary summary = parseSummary(text, transcript, SameLanguage::Yes);
    summaryMarkdown(summary, "t");
    answerMarkdown(text, transcript);
    SummaryRecord record{.summary = summaryFromMarkdown(text)};
    editSummary(record, text, "now");
    try {
        record = summaryFromJson(text, "fuzz");
    } catch (const phial::Error& error) {
        if (error.code() != phial::ErrorCode::FileUnreadable) {
            std::abort();
        }
    }
    const SummaryRecord saved =
        summaryFromJson(toJson(record), "fuzz"); // broken bytes are replaced
    if (summaryFromJson(toJson(saved), "fuzz") != saved) {
        std::abort();
    }
    return 0;
}
