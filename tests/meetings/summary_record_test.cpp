// SPDX-License-Identifier: MIT
// Summaries as they are kept: edited, made again in part, brought back, saved.
#include "app/meetings/pipeline/summary_file.h"
#include "app/meetings/pipeline/summary_record.h"
#include "inference/base/atomic_file.h"
#include "inference/base/error.h"
#include "tests/support/temp_folder.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace phial::meetings {
namespace {

constexpr const char* kNow = "2026-11-29T10:00:00Z";

Transcript talk() {
    Transcript transcript{.rateHz = 1000};
    for (const char* said :
         {"Ann decides to hire two testers until March.", "The release comes in April.",
          "Doctor Smith wants more money for coffee."}) {
        const auto at = static_cast<std::int64_t>(transcript.segments.size()) * 10000;
        addSegment(transcript, {.startSample = at, .endSample = at + 9000, .text = said});
    }
    return transcript;
}

SummaryRecord made() {
    SummaryRecord record;
    record.language = "English";
    record.changedUtc = "2026-11-28T09:00:00Z";
    record.summary = parseSummary("## Staff\n- Ann hires two testers until March [1]. Penguins ate "
                                  "the minutes.\n- Coffee costs more money [3]\n## Plans\n"
                                  "- The release comes in April [2]\n",
                                  talk(), SameLanguage::Yes);
    record.summary.note = "From the sound.";
    record.summary.problems = {"From 0:00 to 1:00: nothing."};
    return record;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(SummaryRecord, IsEditedAsLinesWithoutSources) {
    EXPECT_EQ(editableText(made().summary),
              "## Staff\n- Ann hires two testers until March. Penguins ate the minutes.\n"
              "- Coffee costs more money\n\n## Plans\n- The release comes in April\n");
    SummaryRecord record = made();
    EXPECT_FALSE(editSummary(record, editableText(record.summary), kNow)) << "nothing was changed";
    EXPECT_EQ(record, made());
}

TEST(SummaryRecord, AnEditKeepsTheLinksOfWhatStillAgreesAndMarksTheRest) {
    SummaryRecord record = made();
    std::string text = editableText(record.summary);
    text = replaced(text, "hires two testers", "hires three testers");
    text = replaced(text, "- Coffee costs more money\n", "- My own thought about tea\n");
    ASSERT_TRUE(editSummary(record, text, kNow));
    const std::vector<SummaryLine>& lines = record.summary.lines;
    ASSERT_EQ(lines.size(), 5U);
    EXPECT_FALSE(lines[0].editedByUser);
    EXPECT_TRUE(lines[1].editedByUser);
    ASSERT_EQ(lines[1].sentences.size(), 2U);
    EXPECT_EQ(lines[1].sentences[0].text, "Ann hires three testers until March.");
    EXPECT_EQ(lines[1].sentences[0].sources, (std::vector<Source>{{.id = 1, .seconds = 0}}));
    EXPECT_EQ(lines[1].sentences[0].support, Support::Supported);
    EXPECT_EQ(lines[1].sentences[1].support, Support::None) << "untouched and still wrong";
    EXPECT_TRUE(lines[2].editedByUser);
    EXPECT_TRUE(lines[2].sentences[0].sources.empty());
    EXPECT_EQ(lines[2].sentences[0].support, Support::NotNeeded) << "the user's own words";
    EXPECT_FALSE(lines[4].editedByUser);
    EXPECT_EQ(lines[4], made().summary.lines[4]);
    EXPECT_TRUE(record.summary.editedByUser);
    EXPECT_EQ(record.summary.problems, made().summary.problems) << "what is missing stays missing";
    EXPECT_EQ(record.summary.note, made().summary.note);
    EXPECT_EQ(record.changedUtc, kNow);
    ASSERT_EQ(record.versions.size(), 1U);
    EXPECT_EQ(record.versions[0].summary, made().summary);
    EXPECT_EQ(record.versions[0].changedUtc, "2026-11-28T09:00:00Z");
    EXPECT_NE(
        summaryMarkdown(record.summary, "m", "(mine)").find("- My own thought about tea (mine)"),
        std::string::npos);
    EXPECT_EQ(summaryMarkdown(record.summary, "m").find("(mine)"), std::string::npos);
}

TEST(SummaryRecord, ALineThatIsMovedOrWrittenBackIsNotMarked) {
    SummaryRecord record = made();
    ASSERT_TRUE(
        editSummary(record, "- The release comes in April\n\n- \n* Coffee costs more money", kNow));
    ASSERT_EQ(record.summary.lines.size(), 2U);
    EXPECT_EQ(record.summary.lines[0], made().summary.lines[4]);
    EXPECT_EQ(record.summary.lines[1], made().summary.lines[2]);
    EXPECT_TRUE(record.summary.editedByUser) << "lines were taken away";
    ASSERT_TRUE(editSummary(record, editableText(made().summary), kNow));
    EXPECT_EQ(record.summary.lines, made().summary.lines);
}

TEST(SummaryRecord, MadeAgainItKeepsTheUsersAsAVersionThatCanBeBroughtBack) {
    SummaryRecord record = made();
    ASSERT_TRUE(editSummary(record, "- Mine\n", kNow));
    const Summary mine = record.summary;
    replaceByModel(record, made().summary, kNow);
    EXPECT_EQ(record.summary, made().summary);
    ASSERT_EQ(record.versions.size(), 2U);
    EXPECT_EQ(record.versions[1].summary, mine);
    EXPECT_FALSE(bringBack(record, 77, kNow));
    ASSERT_TRUE(bringBack(record, record.versions[1].number, kNow));
    EXPECT_EQ(record.summary, mine);
    ASSERT_EQ(record.versions.size(), 2U) << "exchanged, nothing is lost";
    EXPECT_EQ(record.versions[1].summary, made().summary);
    EXPECT_GT(record.versions[1].number, 2) << "a number is never used again";
}

TEST(SummaryRecord, OfManyVersionsThoseOfTheUserStayLongest) {
    SummaryRecord record = made();
    ASSERT_TRUE(editSummary(record, "- Mine\n", kNow));
    const Summary mine = record.summary;
    for (std::size_t i = 0; i < 3 * kMostVersions; ++i) {
        replaceByModel(record, made().summary, kNow);
    }
    EXPECT_EQ(record.versions.size(), kMostVersions);
    EXPECT_TRUE(std::any_of(record.versions.begin(), record.versions.end(),
                            [&](const SummaryVersion& one) { return one.summary == mine; }));
}

TEST(SummaryRecord, APartIsReplacedAndTheRestStays) {
    SummaryRecord record = made();
    const std::vector<SummaryPart> parts = partsOf(record.summary);
    ASSERT_EQ(parts.size(), 5U);
    EXPECT_EQ(editableText(record.summary, parts[0]),
              "## Staff\n- Ann hires two testers until March. Penguins ate the minutes.\n"
              "- Coffee costs more money\n");
    const Summary again = parseSummary("Here it is:\n## Staff\n- Two testers are hired [1]\n- Tea "
                                       "[3]\n- Third [1]",
                                       talk(), SameLanguage::Yes);
    ASSERT_TRUE(replacePart(record, parts[0], again, kNow));
    EXPECT_EQ(editableText(record.summary),
              "## Staff\n- Two testers are hired\n- Tea\n- Third\n\n## Plans\n"
              "- The release comes in April\n");
    EXPECT_EQ(record.summary.lines[1].sentences[0].sources[0].id, 1);
    ASSERT_EQ(record.versions.size(), 1U);
    EXPECT_EQ(record.versions[0].summary, made().summary);

    SummaryRecord line = made();
    ASSERT_TRUE(replacePart(line, parts[2], again, kNow));
    EXPECT_EQ(editableText(line.summary),
              "## Staff\n- Ann hires two testers until March. Penguins ate the minutes.\n"
              "- Two testers are hired\n\n## Plans\n- The release comes in April\n");
}

TEST(SummaryRecord, APartIsFoundWhereLinesWereAddedAndNotWhenItIsGone) {
    SummaryRecord record = made();
    const SummaryPart plans = partsOf(record.summary)[3];
    ASSERT_TRUE(editSummary(record, "- First of all\n" + editableText(record.summary), kNow));
    const Summary again = parseSummary("- It comes in May [2]", talk(), SameLanguage::Yes);
    ASSERT_TRUE(replacePart(record, plans, again, kNow));
    EXPECT_EQ(record.summary.lines.back().text(), "It comes in May");
    const SummaryRecord before = record;
    EXPECT_FALSE(replacePart(record, plans, Summary{}, kNow)) << "nothing came";
    EXPECT_FALSE(replacePart(record, {.line = 3, .text = "## Gone"}, again, kNow));
    EXPECT_EQ(editableText(record.summary, {.line = 3, .text = "## Gone"}), "");
    EXPECT_EQ(record, before);
}

TEST(SummaryFile, HoldsEverythingAndIsReadBack) {
    SummaryRecord record = made();
    record.instruction = "What about \"tea\"?";
    ASSERT_TRUE(editSummary(record, "## Staff\n- Mine\n", kNow));
    EXPECT_EQ(summaryFromJson(toJson(record), "x"), record);
    const test::TempFolder folder;
    EXPECT_EQ(readSummary(folder.path(), "minutes"), SummaryRecord());
    saveSummary(folder.path(), "minutes", record, "Weekly");
    EXPECT_EQ(readSummary(folder.path(), "minutes"), record);
    EXPECT_EQ(readFile(folder.path() / "summary-minutes.md"),
              summaryMarkdown(record.summary, "Weekly"));
}

TEST(SummaryFile, OfAnOlderPhialIsReadFromItsMarkdown) {
    const test::TempFolder folder;
    writeAtomically(
        folder.path() / "summary-minutes.md",
        "# Weekly\n\n> **Missing:** From 0:00 to 1:00: nothing.\n\n> From the sound.\n\n"
        "## Staff\n\n- Ann hires. She pays. [0:00](#t=0) [1:02:03](#t=3723)\n"
        "- Somebody [sic] sang (no source found)\n- Odd [0:10](#t=10) (no source found)\n"
        "\nA paragraph. [0:10](#t=10) Wrong. (no source found) The end.\n\n");
    const Summary summary = readSummary(folder.path(), "minutes").summary;
    EXPECT_EQ(summary.problems, std::vector<std::string>{"From 0:00 to 1:00: nothing."});
    EXPECT_EQ(summary.note, "From the sound.");
    ASSERT_EQ(summary.lines.size(), 5U);
    EXPECT_EQ(summary.lines[0].kind, LineKind::Heading);
    EXPECT_EQ(summary.lines[1].sentences,
              (std::vector<LinkedSentence>{{.text = "Ann hires. She pays.",
                                            .sources = {{.seconds = 0}, {.seconds = 3723}},
                                            .support = Support::Supported}}));
    EXPECT_EQ(summary.lines[2].sentences[0].text, "Somebody [sic] sang");
    EXPECT_EQ(summary.lines[2].sentences[0].support, Support::None);
    EXPECT_EQ(summary.lines[3].sentences[0].support, Support::Unlikely);
    ASSERT_EQ(summary.lines[4].sentences.size(), 3U);
    EXPECT_EQ(summary.lines[4].sentences[1].support, Support::None);
    EXPECT_EQ(summary.lines[4].sentences[2].text, "The end.");
    EXPECT_EQ(summaryMarkdown(summary, "Weekly"), readFile(folder.path() / "summary-minutes.md"))
        << "nothing changes by being read";
}

TEST(SummaryFile, DamagedIsReadFromItsMarkdownAndANewerOneIsRefused) {
    const test::TempFolder folder;
    saveSummary(folder.path(), "minutes", made(), "Weekly");
    writeAtomically(folder.path() / "summary-minutes.json", "{\"format\": \"phial-su");
    EXPECT_EQ(editableText(readSummary(folder.path(), "minutes").summary),
              editableText(made().summary));
    writeAtomically(folder.path() / "summary-minutes.json",
                    R"({"format": "phial-summary", "schema": 2})");
    EXPECT_THROW(readSummary(folder.path(), "minutes"), Error);
    for (const char* odd : {"", "7", "[]", "{}", R"({"format": "phial-transcript"})"}) {
        EXPECT_THROW(summaryFromJson(odd, "x"), Error) << odd;
    }
    const SummaryRecord some = summaryFromJson(
        R"({"format": "phial-summary", "lines": [7, {"kind": "song", "sentences": [{"text": "a",
            "support": 3, "sources": [{"id": 1}, {"start": -4}, {"start": 1e99}, {"start": 2.5}]}]}],
            "versions": [{"number": 9}], "missing": [1]})",
        "x");
    ASSERT_EQ(some.summary.lines.size(), 1U);
    EXPECT_EQ(some.summary.lines[0].sentences[0].sources,
              (std::vector<Source>{{.id = 0, .seconds = 2.5}}));
    EXPECT_EQ(some.lastVersion, 9);
}

} // namespace
} // namespace phial::meetings
