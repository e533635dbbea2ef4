// SPDX-License-Identifier: MIT
#include "app/meetings/library_index.h"
#include "inference/base/atomic_file.h"
#include "inference/base/error.h"
#include "tests/support/temp_folder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <random>

namespace phial::meetings {
namespace {

class Library : public testing::Test {
protected:
    MeetingEntry add(const std::string& title, const std::string& date,
                     const std::vector<std::string>& lines) {
        const MeetingEntry meeting = m_store.create(title, date + "T09:00:00Z");
        Transcript transcript{.rateHz = 1000, .samples = 1000000};
        std::int64_t at = 0;
        for (const std::string& line : lines) {
            addSegment(transcript, {.startSample = at, .endSample = at + 900, .text = line});
            at += 1000;
        }
        m_store.saveTranscript(meeting.folder, transcript);
        m_index.put(meeting, transcript);
        return meeting;
    }

    std::vector<std::string> found(const std::string& query) {
        std::vector<std::string> texts;
        for (const SearchHit& hit : m_index.search(query)) {
            texts.push_back(hit.text);
        }
        return texts;
    }

    test::TempFolder m_folder;
    MeetingStore m_store{m_folder.path() / "meetings"};
    LibraryIndex m_index{m_folder.path() / "index.sqlite"};
};

TEST_F(Library, AMeetingIsAFolderWithASpeakingName) {
    const MeetingEntry meeting = add("Über Budget: 2027!", "2026-11-21", {});
    const std::string name = meeting.folder.filename().string();
    EXPECT_EQ(name, "2026-11-21-uber-budget-2027-" + meeting.meta.id);
    EXPECT_EQ(m_store.readMeta(meeting.folder), meeting.meta);
    EXPECT_EQ(slugOf("会議"), "meeting");
    EXPECT_EQ(slugOf("../../etc/passwd"), "etc-passwd");
}

TEST_F(Library, ListsNewestFirstAndFoldersWithDamagedDataToo) {
    add("old", "2025-01-01", {});
    const MeetingEntry damaged = add("new", "2026-01-01", {});
    std::ofstream(damaged.folder / "meta.json") << "{\"title\": 7, ";
    const MeetingEntry folder = add("odd", "2024-01-01", {});
    std::filesystem::remove(folder.folder / "meta.json");
    std::filesystem::create_directory(folder.folder / "meta.json");
    const std::vector<MeetingEntry> all = m_store.list();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[2].meta.title, folder.folder.filename().string());
    EXPECT_EQ(all[0].folder, damaged.folder);
    EXPECT_EQ(all[1].meta.title, "old");
}

TEST_F(Library, TrashGivesBackEverything) {
    const MeetingEntry meeting = add("secret", "2026-01-01", {"hello"});
    m_store.saveNotes(meeting.folder, "# Notes");
    writeAtomically(meeting.folder / "summary-actions.md", "- one");
    const std::filesystem::path trashed = m_store.moveToTrash(meeting.folder);
    EXPECT_TRUE(m_store.list().empty());
    ASSERT_EQ(m_store.trash().size(), 1U);
    EXPECT_EQ(m_store.emptyTrash(std::chrono::hours(24 * 30)), 0);
    const std::filesystem::path back = m_store.restore(trashed);
    EXPECT_EQ(back, meeting.folder);
    EXPECT_EQ(m_store.readNotes(back), "# Notes");
    EXPECT_EQ(m_store.summaries(back).size(), 1U);
    EXPECT_EQ(m_store.readTranscript(back)->segments.size(), 1U);
    EXPECT_THROW(m_store.deleteForever(back), Error) << "not in the trash";
    EXPECT_THROW(m_store.deleteForever(m_store.root() / ".trash" / ".." / back.filename()), Error);
    m_store.deleteForever(m_store.moveToTrash(back));
    EXPECT_TRUE(m_store.trash().empty());
}

TEST_F(Library, RevisionsKeepTheTranscriptBefore) {
    const MeetingEntry meeting = add("m", "2026-01-01", {"first"});
    EXPECT_FALSE(m_store.keepRevision(meeting.folder).empty());
    EXPECT_FALSE(m_store.keepRevision(meeting.folder).empty());
    EXPECT_EQ(m_store.revisions(meeting.folder).size(), 2U);
}

TEST_F(Library, FindsWordsBeginningsAndPartsWithoutCaseAndAccents) {
    add("Weekly", "2026-01-01", {"We met in Zürich.", "The straße was empty.", "Nothing else."});
    EXPECT_EQ(found("zurich"), std::vector<std::string>{"We met in Zürich."});
    EXPECT_EQ(found("ZÜR"), std::vector<std::string>{"We met in Zürich."});
    EXPECT_EQ(found("met zürich"), std::vector<std::string>{"We met in Zürich."});
    EXPECT_EQ(found("üric"), std::vector<std::string>{"We met in Zürich."}) << "inside a word";
    EXPECT_EQ(found("weekly"), std::vector<std::string>{"Weekly"}) << "the title";
    EXPECT_TRUE(found("absent").empty());
    EXPECT_TRUE(found("  ").empty());
    const std::vector<SearchHit> hits = m_index.search("met zurich");
    ASSERT_EQ(hits.size(), 1U);
    EXPECT_EQ(hits[0].highlights,
              (std::vector<TextRange>{{.begin = 3, .length = 3}, {.begin = 10, .length = 7}}));
    EXPECT_EQ(hits[0].segmentId, 1);
}

TEST_F(Library, FindsChineseAndJapaneseFromOneLetterOn) {
    add("会議", "2026-01-01", {"明日東京で会います", "京東是一家公司", "我们讨论预算 budget 问题"});
    EXPECT_EQ(found("東京"), std::vector<std::string>{"明日東京で会います"}) << "in this order";
    EXPECT_EQ(found("京"), (std::vector<std::string>{"明日東京で会います", "京東是一家公司"}));
    EXPECT_EQ(found("讨论预算"), std::vector<std::string>{"我们讨论预算 budget 问题"});
    EXPECT_EQ(found("预算 bud"), std::vector<std::string>{"我们讨论预算 budget 问题"});
    EXPECT_EQ(m_index.search("東京")[0].highlights,
              (std::vector<TextRange>{{.begin = 6, .length = 6}}));
}

TEST_F(Library, TakesAnythingAsAQuery) {
    add("x", "2026-01-01", {"100 % \"done\"? (yes) NOT a* -test"});
    for (const char* query : {"\"", "100 %", "a OR", "NOT", "(", "*", "-", "col:x", "\"done", "%",
                              "' --", "\xff\xfe", "AND AND"}) {
        EXPECT_NO_THROW(m_index.search(query)) << query;
    }
    EXPECT_EQ(found("%").size(), 1U);
    EXPECT_EQ(found("\"done\"").size(), 1U);
}

TEST_F(Library, ForgetsAndReplaces) {
    const MeetingEntry meeting = add("one", "2026-01-01", {"alpha", "beta"});
    EXPECT_EQ(m_index.segments(), 2);
    Transcript changed{.rateHz = 1000};
    addSegment(changed, {.endSample = 5, .text = "gamma"});
    m_index.put(meeting, changed);
    EXPECT_TRUE(found("alpha").empty());
    EXPECT_TRUE(found("lph").empty());
    EXPECT_EQ(found("gamma").size(), 1U);
    m_index.remove(meeting.folder);
    EXPECT_TRUE(found("gamma").empty());
    EXPECT_EQ(m_index.segments(), 0);
}

TEST_F(Library, WritesOnlyWhatDiffers) {
    const MeetingEntry meeting = add("one", "2026-01-01", {"alpha", "beta", "beta"});
    Transcript transcript = *m_store.readTranscript(meeting.folder);
    EXPECT_EQ(m_index.put(meeting, transcript), 0);
    addSegment(transcript, {.startSample = 9000, .endSample = 9500, .text = "delta"});
    EXPECT_EQ(m_index.put(meeting, transcript), 1) << "a transcription goes on";
    transcript.segments[1].translation = "zwei";
    EXPECT_EQ(m_index.put(meeting, transcript), 1);
    editText(transcript, transcript.segments[0].id, "omega");
    EXPECT_EQ(m_index.put(meeting, transcript), 2) << "one goes, one comes";
    transcript.segments.erase(transcript.segments.begin() + 2);
    EXPECT_EQ(m_index.put(meeting, transcript), 1);
    EXPECT_EQ(m_index.segments(), 4);
    EXPECT_TRUE(found("alpha").empty());
    EXPECT_TRUE(found("lph").empty());
    for (const char* word : {"omega", "beta", "delta", "zwei", "one"}) {
        EXPECT_EQ(found(word).size(), 1U) << word;
    }
    MeetingEntry renamed = meeting;
    renamed.meta.title = "two";
    EXPECT_EQ(m_index.put(renamed, transcript), 2) << "the title can be found as well";
    ASSERT_EQ(m_index.search("delta").size(), 1U);
    EXPECT_EQ(m_index.search("delta")[0].title, "two");
}

TEST_F(Library, CanBeRebuiltFromTheFoldersAndFromAWreck) {
    add("one", "2026-01-01", {"alpha"});
    add("two", "2026-01-02", {"alphabet"});
    const MeetingEntry damaged = add("three", "2026-01-03", {"alpine"});
    std::ofstream(damaged.folder / "transcript.json") << "{";
    const std::filesystem::path file = m_folder.path() / "other.sqlite";
    std::ofstream(file) << std::string(10000, 'x');
    LibraryIndex other(file);
    const std::vector<std::string> problems = other.rebuild(m_store);
    EXPECT_EQ(problems.size(), 1U);
    const std::vector<SearchHit> hits = other.search("alp");
    ASSERT_EQ(hits.size(), 2U);
    EXPECT_EQ(hits[0].title, "two") << "newest first";
    EXPECT_EQ(other.rebuild(m_store).size(), 1U) << "twice";
    EXPECT_EQ(other.search("alp").size(), 2U);
}

} // namespace
} // namespace phial::meetings
