// SPDX-License-Identifier: MIT
// Every format is read back by a reader of its own, over transcripts of all kinds.
#include "app/export/clip.h"
#include "app/export/docx.h"
#include "app/export/exporter.h"
#include "app/export/subtitle_reader.h"
#include "app/export/subtitles.h"
#include "app/export/summary_formats.h"
#include "app/meetings/pipeline/summary_file.h"
#include "app/meetings/transcript_json.h"
#include "app/meetings/unicode_text.h"
#include "inference/base/atomic_file.h"
#include "inference/base/clock_text.h"
#include "inference/base/error.h"
#include "tests/export/parsers.h"
#include "tests/support/temp_folder.h"

#include <QByteArray>
#include <QXmlStreamReader>

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <random>

namespace phial::exporting {
namespace {

using meetings::Transcript;
using meetings::TranscriptSegment;

const std::vector<std::string> kWords{
    "we",          "agreed",
    "that",        "Thursday",
    "is",          "better,",
    "because",     "--",
    "a<b>",        "&amp;",
    "\"quote\"",   "東京で会います。",
    "Überprüfung", "x,y",
    "-->",         "🙂",
    "line\nfeed",  "=1+1",
    "1.",          "*bold*",
    "預算問題",    "donaudampfschifffahrtsgesellschaftskapitaenspatent",
    "é",           "\x01"};

std::string randomText(std::mt19937& random, int words) {
    std::string text;
    for (int i = 0; i < words; ++i) {
        text += (i > 0 ? " " : "") + kWords[random() % kWords.size()];
    }
    return text;
}

/// Segments of all lengths and densities, some of them impossible to show in time.
Transcript randomTranscript(unsigned seed) {
    std::mt19937 random(seed);
    Transcript transcript{.rateHz = 44100};
    std::int64_t at = random() % 100000;
    for (unsigned i = 0; i < 1 + random() % 30; ++i) {
        const std::int64_t length = 1 + random() % (44100 * (random() % 3 == 0 ? 30 : 4));
        addSegment(transcript,
                   {.startSample = at,
                    .endSample = at + length,
                    .text = randomText(random, static_cast<int>(random() % 40)),
                    .translation = random() % 2 != 0
                                       ? randomText(random, static_cast<int>(random() % 40))
                                       : "",
                    .speaker = random() % 2 != 0 ? randomText(random, 1) : "",
                    .confidence = random() % 2 != 0 ? 0.5 : -1,
                    .editedByUser = random() % 2 != 0});
        at += length + (random() % 2 != 0 ? 0 : random() % 200000);
    }
    transcript.samples = at;
    return transcript;
}

std::string withoutSpace(const std::string& text) {
    std::string kept;
    for (const char32_t letter : meetings::codePoints(text)) {
        if (letter > 0x20) {
            meetings::appendUtf8(kept, letter);
        }
    }
    return kept;
}

std::string allText(const std::vector<ParsedCue>& cues) {
    std::string text;
    for (const ParsedCue& cue : cues) {
        for (const std::string& line : cue.lines) {
            text += line;
        }
    }
    return withoutSpace(text);
}

TEST(Subtitles, EveryRuleHoldsForEveryTranscript) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        const Transcript transcript = randomTranscript(seed);
        for (const Languages languages :
             {Languages::Original, Languages::Translation, Languages::Both}) {
            const std::vector<ParsedCue> cues =
                parseSrt(exported(transcript, {}, Format::Srt, languages));
            std::int64_t last = -kGapMs;
            for (const ParsedCue& cue : cues) {
                EXPECT_GE(cue.startMs - last, kGapMs) << seed;
                EXPECT_GE(cue.endMs - cue.startMs, 1000) << seed;
                EXPECT_LE(cue.endMs - cue.startMs, 7000) << seed;
                EXPECT_LE(cue.lines.size(), 2U) << seed;
                for (const std::string& line : cue.lines) {
                    EXPECT_LE(meetings::displayWidth(line), 42) << seed << ": " << line;
                    EXPECT_NE(line.front(), ' ');
                    EXPECT_NE(line.back(), ' ');
                }
                last = cue.endMs;
            }
            const std::vector<ParsedCue> vtt =
                parseVtt(exported(transcript, {}, Format::Vtt, languages));
            ASSERT_EQ(vtt.size(), cues.size()) << seed;
            for (std::size_t i = 0; i < cues.size(); ++i) {
                EXPECT_EQ(vtt[i].startMs, cues[i].startMs);
                EXPECT_EQ(vtt[i].endMs, cues[i].endMs);
            }
        }
    }
}

TEST(Subtitles, NoLetterIsLostOrAdded) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        const Transcript transcript = randomTranscript(seed);
        std::string spoken;
        for (const TranscriptSegment& segment : transcript.segments) {
            spoken += withoutSpace(segment.text);
        }
        const std::string arrows = replaced(spoken, "-->", "→");
        EXPECT_EQ(allText(parseSrt(exported(transcript, {}, Format::Srt, Languages::Original))),
                  arrows)
            << seed;
        EXPECT_EQ(allText(parseVtt(exported(transcript, {}, Format::Vtt, Languages::Original))),
                  spoken)
            << seed;
    }
}

/// Our own reader, which takes files of others too, understands what we write.
TEST(Subtitles, AreReadBackWithTheirTimesAndLetters) {
    for (unsigned seed = 0; seed < 100; ++seed) {
        const Transcript transcript = randomTranscript(seed);
        for (const Format format : {Format::Srt, Format::Vtt}) {
            const std::string text = exported(transcript, {}, format, Languages::Original);
            const std::vector<ParsedCue> cues =
                format == Format::Srt ? parseSrt(text) : parseVtt(text);
            if (cues.empty()) {
                EXPECT_THROW(transcriptFromSubtitles(text, "t"), Error);
                continue;
            }
            const Transcript back = transcriptFromSubtitles(text, "t");
            ASSERT_EQ(back.segments.size(), cues.size()) << seed;
            std::string letters;
            for (std::size_t i = 0; i < cues.size(); ++i) {
                EXPECT_EQ(back.segments[i].startSample, cues[i].startMs) << seed;
                EXPECT_EQ(back.segments[i].endSample, cues[i].endMs) << seed;
                letters += withoutSpace(back.segments[i].text);
            }
            if (format == Format::Vtt) {
                EXPECT_EQ(letters, allText(cues)) << seed;
            }
        }
    }
}

TEST(Subtitles, OfOtherProgramsAreRead) {
    const Transcript read =
        transcriptFromSubtitles("\xEF\xBB\xBFWEBVTT\r\n\r\nNOTE by hand\r\n\r\nintro\r\n"
                                "00:01.000 --> 00:03.5 align:start\r\n<v Ann\xE9>Good &amp; "
                                "<c.loud>well</c>.</v>\r\n\r\n1:00:04,000 --> 1:00:06,500\n"
                                "{\\an8}Next\nline\n\n9:9 --> 3\nnothing\n",
                                "t");
    ASSERT_EQ(read.segments.size(), 2U);
    EXPECT_EQ(read.segments[0].text, "Good & well.");
    EXPECT_EQ(read.segments[0].speaker, "Ann\xEF\xBF\xBD") << "not UTF-8";
    EXPECT_EQ(read.segments[0].endSample, 3500);
    EXPECT_EQ(read.segments[1].text, "Next line");
    EXPECT_EQ(read.segments[1].startSample, 3604000);
    EXPECT_THROW(transcriptFromSubtitles("no subtitles", "t"), Error);
}

TEST(Subtitles, ShowSpeechOfNormalSpeedWhenItIsSpokenAndNothingInSilence) {
    Transcript transcript{.rateHz = 16000, .samples = 16000 * 60};
    addSegment(transcript,
               {.startSample = 16000 * 2,
                .endSample = 16000 * 12,
                .text = "We agreed to move the release to Thursday because two tests "
                        "still fail, and nobody objected to that at all, so it is so."});
    addSegment(transcript,
               {.startSample = 16000 * 12, .endSample = 16000 * 14, .text = "Next point, please."});
    addSegment(transcript, {.startSample = 16000 * 40, .endSample = 16000 * 42, .text = "Yes."});
    const std::vector<Cue> cues = makeCues(transcript, Languages::Original);
    ASSERT_EQ(cues.size(), 4U);
    EXPECT_EQ(cues[0].startMs, 2000);
    EXPECT_LE(cues[1].endMs, 12000 - kGapMs);
    EXPECT_EQ(cues[2].startMs, 12000) << "the one before made room";
    EXPECT_EQ(cues[2].endMs, 14000);
    EXPECT_EQ(cues[3].startMs, 40000);
    EXPECT_EQ(cues[3].lines, std::vector<std::string>{"Yes."});
}

TEST(Subtitles, OfBothLanguagesStandTogether) {
    Transcript transcript{.rateHz = 1000, .samples = 10000};
    addSegment(transcript, {.startSample = 0,
                            .endSample = 4000,
                            .text = "Guten Morgen.",
                            .translation = "Good morning."});
    const std::vector<Cue> cues = makeCues(transcript, Languages::Both);
    ASSERT_EQ(cues.size(), 1U);
    EXPECT_EQ(cues[0].lines, (std::vector<std::string>{"Guten Morgen.", "Good morning."}));
}

TEST(Subtitles, LinesAreEvenAndNeverBeginWithAClosingMark) {
    EXPECT_EQ(wrapped("We agreed to move the release to Thursday morning.", 42),
              (std::vector<std::string>{"We agreed to move the", "release to Thursday morning."}));
    for (const std::string& line :
         wrapped("東京で会います。東京で会います。東京で会います。", 16)) {
        EXPECT_NE(line.rfind("。", 0), 0U) << line;
    }
    EXPECT_TRUE(wrapped(" \n ", 42).empty());
}

TEST(Json, GivesTheTranscriptBack) {
    for (unsigned seed = 0; seed < 50; ++seed) {
        const Transcript transcript = randomTranscript(seed);
        EXPECT_EQ(meetings::transcriptFromJson(
                      exported(transcript, {}, Format::Json, Languages::Both), "export"),
                  transcript);
    }
}

TEST(Csv, GivesEveryFieldBack) {
    for (unsigned seed = 0; seed < 50; ++seed) {
        const Transcript transcript = randomTranscript(seed);
        const auto rows = parseCsv(exported(transcript, {}, Format::Csv, Languages::Both));
        ASSERT_EQ(rows.size(), transcript.segments.size() + 1);
        for (std::size_t i = 0; i < transcript.segments.size(); ++i) {
            const TranscriptSegment& segment = transcript.segments[i];
            ASSERT_EQ(rows[i + 1].size(), 8U);
            EXPECT_NEAR(std::stod(rows[i + 1][0]), transcript.seconds(segment.startSample), 6e-4);
            EXPECT_EQ(rows[i + 1][2], segment.speaker);
            EXPECT_EQ(rows[i + 1][3], segment.text);
            EXPECT_EQ(rows[i + 1][4], segment.translation);
            EXPECT_EQ(rows[i + 1][7], segment.editedByUser ? "yes" : "no");
        }
    }
}

/// All text of a Word document, whose parts must be well-formed.
std::string textOfDocument(const std::map<std::string, std::string>& files) {
    for (const auto& [name, content] : files) {
        QXmlStreamReader xml(QByteArray::fromStdString(content));
        while (!xml.atEnd()) {
            xml.readNext();
        }
        EXPECT_FALSE(xml.hasError()) << name << ": " << xml.errorString().toStdString();
    }
    QXmlStreamReader xml(QByteArray::fromStdString(files.at("word/document.xml")));
    std::string text;
    bool inText = false;
    while (!xml.atEnd()) {
        const auto token = xml.readNext();
        if (token == QXmlStreamReader::StartElement || token == QXmlStreamReader::EndElement) {
            inText = token == QXmlStreamReader::StartElement && xml.name() == u"t";
        } else if (inText) {
            text += xml.text().toString().toStdString();
        }
    }
    return text;
}

TEST(Docx, IsAnArchiveOfWellFormedPartsThatHoldTheText) {
    for (unsigned seed = 0; seed < 50; ++seed) {
        const Transcript transcript = randomTranscript(seed);
        const auto files = unzip(exported(transcript, {.title = "A & <B>", .createdUtc = "now"},
                                          Format::Docx, Languages::Original));
        ASSERT_EQ(files.size(), 3U);
        const std::string text = textOfDocument(files);
        std::string expected = withoutSpace("A & <B>now");
        for (const TranscriptSegment& segment : transcript.segments) {
            if (segment.text.empty()) {
                continue;
            }
            expected += clockText(transcript.seconds(segment.startSample));
            expected += segment.speaker.empty() ? "" : withoutSpace(segment.speaker + ":");
            expected += withoutSpace(segment.text);
        }
        EXPECT_EQ(withoutSpace(text), expected) << seed;
    }
}

TEST(Text, HasOneLineForEachSegmentWithOrWithoutTimes) {
    Transcript transcript{.rateHz = 1000};
    addSegment(transcript, {.startSample = 62000,
                            .endSample = 63000,
                            .text = "Guten\nTag",
                            .translation = "Hello",
                            .speaker = "Ann"});
    addSegment(transcript, {.startSample = 3723000, .endSample = 3724000, .text = "*Ja*"});
    EXPECT_EQ(exported(transcript, {}, Format::Text, Languages::Original),
              "Ann: Guten Tag\n*Ja*\n");
    EXPECT_EQ(exported(transcript, {}, Format::TextWithTimes, Languages::Both),
              "[1:02] Ann: Guten Tag\n  Hello\n[1:02:03] *Ja*\n");
    EXPECT_EQ(exported(transcript, {.title = "T_1"}, Format::Markdown, Languages::Both),
              "# T\\_1\n\n**1:02** *Ann*: Guten Tag\n\n> Hello\n\n**1:02:03** \\*Ja\\*\n\n");
}

TEST(SummaryExport, HasEverySentenceWithItsTimesOrItsMarkInEveryFormat) {
    meetings::SummaryRecord record;
    record.summary = meetings::summaryFromMarkdown(
        "# m\n\n> **Missing:** From 0:00 to 1:00: nothing.\n\n## Plans & <more>\n\n- **Ann** "
        "hires. "
        "[1:02](#t=62) Penguins sang. (no source found)\n- Second [0:02](#t=2) [0:03](#t=3)\n\n"
        "The end.\n\n");
    ASSERT_TRUE(meetings::editSummary(record, meetings::editableText(record.summary) + "Mine.\n",
                                      "2026-11-29T10:00:00Z"));
    const Heading heading{.title = "Weekly", .createdUtc = "now"};
    EXPECT_EQ(
        exportedSummary(record, heading, Format::Text),
        "Weekly\n\nMissing: From 0:00 to 1:00: nothing.\n\n\nPlans & <more>\n- Ann hires. [1:02] "
        "Penguins sang. (no source found)\n- Second [0:02] [0:03]\nThe end.\nMine.\n");
    EXPECT_EQ(exportedSummary(record, heading, Format::Markdown),
              meetings::summaryMarkdown(record.summary, "Weekly"));
    EXPECT_EQ(meetings::summaryFromJson(exportedSummary(record, heading, Format::Json), "x"),
              record)
        << "with what the user changed and what was there before";
    EXPECT_EQ(textOfDocument(unzip(exportedSummary(record, heading, Format::Docx))),
              "WeeklynowMissing: From 0:00 to 1:00: nothing.Plans & <more> •  Ann hires. [1:02] "
              "Penguins sang. (no source found) •  Second [0:02] [0:03] The end. Mine. ");
    const test::TempFolder folder;
    exportSummaryTo(folder.path() / "s.md", record, heading, Format::Markdown);
    EXPECT_EQ(readFile(folder.path() / "s.md"), exportedSummary(record, heading, Format::Markdown));
}

TEST(Export, WritesEveryFormatByItsExtension) {
    const test::TempFolder folder;
    for (const char* name : {"txt", "md", "srt", "vtt", "json", "csv", "docx"}) {
        const auto format = formatNamed(name);
        ASSERT_TRUE(format) << name;
        EXPECT_EQ(extensionOf(*format), name);
        const auto path = folder.path() / (std::string("a.") + name);
        exportTo(path, randomTranscript(1), {.title = "t"}, *format, Languages::Both);
        EXPECT_GT(std::filesystem::file_size(path), 10U);
    }
    EXPECT_FALSE(formatNamed("exe"));
    EXPECT_THROW(exportTo(folder.path() / "no" / "a.txt", {}, {}, Format::Text, Languages::Both),
                 Error);
}

TEST(Export, AClipIsWrittenWhileItIsRead) {
    const test::TempFolder folder;
    constexpr std::int64_t kBlock = 4096;
    tasks::SoundSource sound{.sampleRateHz = 8000, .channels = 1};
    std::int64_t given = 0;
    std::int64_t most = 0; ///< that is not in the file yet, when more is asked for
    sound.next = [&](std::vector<float>& block) {
        std::int64_t there = 0;
        for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
            there += static_cast<std::int64_t>(file.file_size());
        }
        most = std::max(most, given - there);
        block.assign(kBlock / 2, 0.5F);
        given += kBlock;
        return given <= 100 * kBlock;
    };
    exportClip(sound, {.from = 0, .to = 1000000}, folder.path() / "clip.wav");
    EXPECT_LE(most, 0) << "it is held in memory";
    EXPECT_EQ(std::filesystem::file_size(folder.path() / "clip.wav"), 44 + 100 * kBlock)
        << "the sound ended before the selection did";
    std::ifstream in(folder.path() / "clip.wav", std::ios::binary);
    in.seekg(40);
    std::uint32_t bytes = 0;
    in.read(reinterpret_cast<char*>(&bytes), sizeof(bytes));
    EXPECT_EQ(bytes, 100 * kBlock);
}

TEST(Export, AClipHoldsExactlyTheSelectedFrames) {
    const test::TempFolder folder;
    tasks::SoundSource sound{.sampleRateHz = 8000, .channels = 2};
    int given = 0;
    sound.next = [&](std::vector<float>& block) {
        block.clear();
        for (int i = 0; i < 100; ++i, ++given) {
            block.push_back(static_cast<float>(given) / 32768.0F);
            block.push_back(-static_cast<float>(given) / 32768.0F);
        }
        return given <= 1000;
    };
    exportClip(sound, {.from = 150, .to = 420}, folder.path() / "clip.wav");
    std::ifstream in(folder.path() / "clip.wav", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    ASSERT_EQ(bytes.size(), 44U + 270U * 4U);
    std::int16_t first[2];
    std::memcpy(first, bytes.data() + 44, 4);
    EXPECT_EQ(first[0], 150);
    EXPECT_EQ(first[1], -150);
    EXPECT_THROW(exportClip(sound, {.from = 5, .to = 5}, folder.path() / "x.wav"), Error);
}

} // namespace
} // namespace phial::exporting
