// SPDX-License-Identifier: MIT
// A large library, and files that leave it.
#include "app/export/exporter.h"
#include "app/export/subtitle_reader.h"
#include "app/export/subtitles.h"
#include "app/meetings/library_index.h"
#include "app/meetings/transcript_json.h"
#include "app/meetings/unicode_text.h"
#include "inference/base/error.h"
#include "tests/bench/meetings/figure.h"
#include "tests/export/parsers.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace phial::meetings {
namespace {

/// Word frequencies fall off as in a language: a few words are in most lines.
int commonNumber(std::mt19937& random) {
    const double u = std::uniform_real_distribution<double>(0, 1)(random);
    return static_cast<int>(std::exp(u * std::log(30000.0)));
}

std::string chinese(std::mt19937& random, int letters) {
    std::string text;
    for (int i = 0; i < letters; ++i) {
        appendUtf8(text, static_cast<char32_t>(0x4E00 + commonNumber(random) % 3000));
    }
    return text;
}

std::string word(std::mt19937& random) {
    return "w" + std::to_string(commonNumber(random));
}

Transcript largeMeeting(std::mt19937& random, int lines) {
    Transcript transcript{.rateHz = 1000};
    for (int i = 0; i < lines; ++i) {
        std::string text;
        if (i % 5 == 0) {
            text = chinese(random, 20);
        } else {
            for (int k = 0; k < 12; ++k) {
                text += word(random) + ' ';
            }
        }
        addSegment(transcript,
                   {.startSample = i * 5000, .endSample = i * 5000 + 4000, .text = text});
    }
    return transcript;
}

} // namespace

void measureSearch(const Bench& bench) {
    constexpr int kPerMeeting = 1000;
    const auto meetings = std::max(static_cast<int>(1000 * bench.share), 1);
    const std::filesystem::path file = bench.folder / "search.sqlite";
    std::filesystem::remove(file);
    std::mt19937 random(1);
    const double processor = processorSeconds();
    std::vector<double> times; // of the processor: the computer may have other work
    std::string how;
    {
        LibraryIndex index(file);
        for (int meeting = 0; meeting < meetings; ++meeting) {
            index.put({.folder = "meeting-" + std::to_string(meeting),
                       .meta = {.title = "Meeting", .createdUtc = "2026-01-01T00:00:00Z"}},
                      largeMeeting(random, kPerMeeting));
        }
        how = std::to_string(index.segments()) + " lines, made in " +
              std::to_string(processorSeconds() - processor) +
              " s of processor time; 160 queries "
              "of one word, two words, two Chinese letters and one";
        for (int i = 0; i < 40; ++i) {
            for (const std::string& query : {word(random), word(random) + ' ' + word(random),
                                             chinese(random, 2), chinese(random, 1)}) {
                const double begin = processorSeconds();
                index.search(query);
                times.push_back(1000 * (processorSeconds() - begin));
            }
        }
    }
    std::filesystem::remove(file);
    std::sort(times.begin(), times.end());
    bench.found({"B21 search, 95th percentile", times[times.size() * 95 / 100], 50, "ms", how});
    bench.found({"B21 search, median", times[times.size() / 2], 50, "ms", how});
}

void measureExports(const Bench& bench) {
    using exporting::Format;
    using exporting::Languages;
    const auto times = static_cast<int>(1000 * bench.share) + 1;
    int rejected = 0;
    int changed = 0;
    int broken = 0;
    std::mt19937 random(7);
    for (int i = 0; i < times; ++i) {
        const Transcript transcript = largeMeeting(random, 1 + static_cast<int>(random() % 60));
        const std::string json = exporting::exported(transcript, {}, Format::Json, Languages::Both);
        changed += transcriptFromJson(json, "export") == transcript ? 0 : 1;
        for (const Format format : {Format::Srt, Format::Vtt}) {
            const std::string text =
                exporting::exported(transcript, {}, format, Languages::Original);
            const std::vector<exporting::ParsedCue> cues =
                format == Format::Srt ? exporting::parseSrt(text) : exporting::parseVtt(text);
            std::int64_t last = -exporting::kGapMs;
            for (const exporting::ParsedCue& cue : cues) {
                const bool wide =
                    std::any_of(cue.lines.begin(), cue.lines.end(),
                                [](const std::string& line) { return displayWidth(line) > 42; });
                const std::int64_t length = cue.endMs - cue.startMs;
                broken += wide || cue.lines.size() > 2 || length < 1000 || length > 7000 ||
                                  cue.startMs - last < exporting::kGapMs
                              ? 1
                              : 0;
                last = cue.endMs;
            }
            const Transcript back = exporting::transcriptFromSubtitles(text, "export");
            rejected += back.segments.size() == cues.size() ? 0 : 1;
        }
        const auto rows =
            exporting::parseCsv(exporting::exported(transcript, {}, Format::Csv, Languages::Both));
        rejected += rows.size() == transcript.segments.size() + 1 ? 0 : 1;
        const auto parts = exporting::unzip(
            exporting::exported(transcript, {.title = "t"}, Format::Docx, Languages::Original));
        rejected += parts.contains("word/document.xml") ? 0 : 1;
    }
    const std::string how = std::to_string(times) + " transcripts, json, srt, vtt, csv, docx";
    bench.found(
        {"B20 transcripts that come back changed", static_cast<double>(changed), 0, "", how});
    bench.found(
        {"B20 files that a reader of its own rejects", static_cast<double>(rejected), 0, "", how});
    bench.found({"B20 subtitles against a rule", static_cast<double>(broken), 0, "", how});
}

} // namespace phial::meetings
