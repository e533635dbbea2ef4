// SPDX-License-Identifier: MIT
#include "app/export/subtitle_reader.h"

#include "app/export/exporter.h"
#include "app/meetings/transcript_json.h"
#include "app/meetings/unicode_text.h"
#include "inference/base/atomic_file.h"
#include "inference/base/error.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace phial::exporting {
namespace {

constexpr int kMilliseconds = 1000;
constexpr std::string_view kArrow = "-->";
constexpr std::string_view kSpace = " \t\r";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kSpace);
    return first == std::string_view::npos
               ? std::string_view()
               : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// "1:02:03,456" or "02:03.456" in milliseconds; nothing for anything else.
std::optional<std::int64_t> milliseconds(std::string_view text) {
    text = trimmed(text);
    text = text.substr(0, text.find_first_of(" \t")); // cue settings follow the end
    std::int64_t parts = 0;
    std::int64_t value = 0;
    std::int64_t number = 0;
    int digits = 0;
    int fraction = -1; // digits behind the point; negative before it
    for (const char c : text) {
        if (c >= '0' && c <= '9') {
            constexpr int kMostDigits = 6;
            if (++digits > kMostDigits) {
                return std::nullopt;
            }
            number = number * 10 + (c - '0');
            fraction += fraction >= 0 ? 1 : 0;
        } else if (c == ':' && digits > 0 && fraction < 0 && ++parts <= 2) {
            value = (value + number) * 60;
            number = 0;
            digits = 0;
        } else if ((c == ',' || c == '.') && digits > 0 && fraction < 0) {
            value += number;
            number = 0;
            digits = 0;
            fraction = 0;
        } else {
            return std::nullopt;
        }
    }
    if (parts == 0 || digits == 0) {
        return std::nullopt;
    }
    if (fraction < 0) {
        return (value + number) * kMilliseconds;
    }
    for (; fraction < 3; ++fraction) {
        number *= 10;
    }
    for (; fraction > 3; --fraction) {
        number /= 10;
    }
    return value * kMilliseconds + number;
}

/// Takes marks out of a line and resolves "&lt;" and the like; a voice goes to `speaker`.
std::string plain(std::string_view line, std::string& speaker) {
    constexpr std::pair<std::string_view, std::string_view> kNames[] = {
        {"&amp;", "&"},       {"&lt;", "<"},       {"&gt;", ">"},
        {"&nbsp;", "\u00A0"}, {"&lrm;", "\u200E"}, {"&rlm;", "\u200F"}};
    std::string text;
    while (!line.empty()) {
        const char c = line.front();
        const std::size_t end = c == '<'                     ? line.find('>')
                                : line.substr(0, 2) == "{\\" ? line.find('}')
                                                             : std::string_view::npos;
        if (end != std::string_view::npos) {
            if (line.substr(0, 3) == "<v " || line.substr(0, 3) == "<v.") {
                const std::size_t name = std::min(line.find(' '), end);
                std::string unused;
                speaker = plain(trimmed(line.substr(name, end - name)), unused);
            }
            line.remove_prefix(end + 1);
            continue;
        }
        const auto* const named =
            c == '&' ? std::find_if(std::begin(kNames), std::end(kNames),
                                    [&](const auto& pair) {
                                        return line.substr(0, pair.first.size()) == pair.first;
                                    })
                     : std::end(kNames);
        text += named == std::end(kNames) ? line.substr(0, 1) : named->second;
        line.remove_prefix(named == std::end(kNames) ? 1 : named->first.size());
    }
    return text;
}

} // namespace

meetings::Transcript transcriptFromSubtitles(std::string_view text, const std::string& name) {
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    if (text.substr(0, kMark.size()) == kMark) {
        text.remove_prefix(kMark.size());
    }
    meetings::Transcript transcript{.rateHz = kMilliseconds};
    std::optional<meetings::TranscriptSegment> cue;
    const auto close = [&] {
        if (cue && !cue->text.empty()) {
            transcript.samples = std::max(transcript.samples, cue->endSample);
            meetings::addSegment(transcript, *std::exchange(cue, std::nullopt));
        }
        cue.reset();
    };
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t arrow = line.find(kArrow);
        const auto from =
            arrow == std::string_view::npos ? std::nullopt : milliseconds(line.substr(0, arrow));
        const auto to = from ? milliseconds(line.substr(arrow + kArrow.size())) : std::nullopt;
        if (to && *to >= *from) {
            close();
            cue.emplace();
            cue->startSample = *from;
            cue->endSample = *to;
        } else if (line.empty()) {
            close();
        } else if (cue) {
            cue->text =
                meetings::joinTexts(cue->text, plain(meetings::validUtf8(line), cue->speaker));
        }
    }
    close();
    if (transcript.segments.empty()) {
        throw Error(ErrorCode::FileUnreadable,
                    name + " holds no subtitles that can be read; expected lines as \"00:00:01,000 "
                           "--> 00:00:04,000\".");
    }
    transcript.doneSamples = transcript.samples;
    return transcript;
}

bool isTranscriptFile(const std::filesystem::path& file) {
    const std::optional<Format> format = formatNamed(file.extension().string());
    return format == Format::Json || format == Format::Srt || format == Format::Vtt;
}

meetings::Transcript readTranscriptFile(const std::filesystem::path& file) {
    if (formatNamed(file.extension().string()) == Format::Json) {
        return meetings::loadTranscript(file);
    }
    return transcriptFromSubtitles(readFile(file), file.string());
}

} // namespace phial::exporting
