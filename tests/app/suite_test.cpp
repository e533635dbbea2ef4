// SPDX-License-Identifier: MIT
#include "app/evaluate/suite_run.h"
#include "inference/base/error.h"
#include "tests/app/fake_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace phial::evaluate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

SuiteCase asked(const std::string& answer) {
    return {
        .name = "case", .task = "any", .prompt = "", .answer = answer, .audio = {}, .image = {}};
}

std::vector<double> values(const TaskScore& score) {
    std::vector<double> list;
    for (const Figure& figure : score.figures()) {
        list.push_back(figure.value);
    }
    return list;
}

TEST(TaskScore, WordErrorsAreOverAllWordsOfTheTask) {
    TaskScore score(Measure::WordErrors);
    score.add(asked("We will meet on Monday."), "we will meet Monday.");
    score.add(asked("Good morning, Anna."), "Good morning, Anna.");
    EXPECT_THAT(values(score), ElementsAre(12.5, 50.0));
}

TEST(TaskScore, SummariesCountStatements) {
    TaskScore score(Measure::Statements);
    score.add(asked("Decision: We paint it. Action: Anna calls Ben."), "Action: Anna calls Ben.");
    score.add(asked("Action: Eva writes."), "Action: Eva writes. Decision: We wait.");
    EXPECT_THAT(values(score),
                ElementsAre(testing::DoubleNear(66.667, 1e-3), testing::DoubleNear(33.333, 1e-3)));
}

TEST(TaskScore, QuestionsAreJudgedByTheirConclusion) {
    EXPECT_EQ(conclusionOf("A 3, B 4. The highest is B with 4."), "The highest is B with 4");
    EXPECT_EQ(conclusionOf("Rising."), "Rising");
    TaskScore score(Measure::Conclusions);
    score.add(asked("A 3, B 4. The highest is B with 4."), "A 2, B 4. The highest is B with 4.");
    score.add(asked("A 3, B 4. B is 4."), "A 3, B 4. B is 3.");
    EXPECT_THAT(values(score), ElementsAre(50.0));
}

TEST(TaskScore, EveryWordOnSilenceIsInvented) {
    TaskScore score(measureOf("wordless"));
    score.add(asked(""), "");
    score.add(asked(""), "Thank you.");
    EXPECT_THAT(values(score), ElementsAre(2.0));
}

TEST(TaskScore, FloorsKnowWhichWayIsBetter) {
    EXPECT_TRUE(meets({.name = "WER %", .value = 3.0, .better = Better::Lower}, 3.0));
    EXPECT_FALSE(meets({.name = "WER %", .value = 3.1, .better = Better::Lower}, 3.0));
    EXPECT_TRUE(meets({.name = "exact %", .value = 90, .better = Better::Higher}, 85));
    EXPECT_FALSE(meets({.name = "exact %", .value = 80, .better = Better::Higher}, 85));
}

/// A folder with a suite and nothing else.
class SuiteTest : public testing::Test {
protected:
    SuiteTest() {
        std::string folder =
            (std::filesystem::temp_directory_path() / "phial-suite-XXXXXX").string();
        m_folder = ::mkdtemp(folder.data());
    }

    ~SuiteTest() override { std::filesystem::remove_all(m_folder); }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(m_folder / name) << text;
    }

    std::string refusal() const {
        try {
            readSuite(m_folder);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::FileUnreadable);
            return error.what();
        }
        return "";
    }

    std::filesystem::path m_folder;
};

TEST_F(SuiteTest, SaysWhatIsWrongWithAFolder) {
    EXPECT_THAT(refusal(), HasSubstr("suite.json\" cannot be read"));
    write("suite.json", "[");
    EXPECT_THAT(refusal(), HasSubstr("is not JSON"));
    write("suite.json", "{}");
    EXPECT_THAT(refusal(), HasSubstr("holds no list of cases"));
    write("suite.json", R"([{"name": "a"}])");
    EXPECT_THAT(refusal(), HasSubstr("without name or task"));
    write("suite.json", R"([{"name": "a", "task": "chat"}])");
    write("floors.json", R"({"chat": "high"})");
    EXPECT_THAT(refusal(), HasSubstr("gives no number for chat"));
}

TEST_F(SuiteTest, AsksEachCaseWithItsMediaAndKeepsTheTasksApart) {
    write("suite.json", R"([
        {"name": "t0", "task": "transcribe_seen", "prompt": "Write.", "audio": "a.wav", "image": null, "answer": "One two."},
        {"name": "c0", "task": "chart", "prompt": "Highest?", "audio": null, "image": "c.png", "answer": "A 1. It is A."},
        {"name": "t1", "task": "transcribe_seen", "prompt": "Write.", "audio": "b.wav", "answer": "Three four."},
        {"name": "m0", "task": "meeting", "prompt": "Write.", "audio": "m.wav", "answer": "One. Two."}])");
    write("floors.json", R"({"chart": 50})");
    const Suite suite = readSuite(m_folder);
    EXPECT_THAT(suite.floors, ElementsAre(std::pair<const std::string, double>("chart", 50.0)));

    FakeEngineScript script;
    script.answer({"One", " two."});
    script.answer({"It is B."});
    script.answer({"Three five."});
    FakeEngine engine(script);
    std::vector<std::string> opened;
    const MediaReaders readers{.clip =
                                   [&](const std::filesystem::path& file) {
                                       opened.push_back(file.filename());
                                       return std::make_shared<AudioClip>();
                                   },
                               .picture =
                                   [&](const std::filesystem::path& file) {
                                       opened.push_back(file.filename());
                                       return std::make_shared<Image>();
                                   },
                               .transcript =
                                   [&](const std::filesystem::path& file) {
                                       opened.push_back(file.filename());
                                       return std::string("One. Two.");
                                   }};
    int told = 0;
    const SuiteScores scores =
        runSuite(engine, suite, readers, [&](const AnsweredCase& c) { told = c.done; }, {});
    EXPECT_EQ(told, 4);
    EXPECT_THAT(opened, ElementsAre("a.wav", "c.png", "b.wav", "m.wav"));
    ASSERT_EQ(scores.size(), 3U);
    EXPECT_EQ(scores[0].first, "transcribe_seen");
    EXPECT_THAT(values(scores[0].second), ElementsAre(25.0, 50.0));
    EXPECT_THAT(values(scores[1].second), ElementsAre(0.0));
    EXPECT_THAT(values(scores[2].second), ElementsAre(0.0, 100.0));
    EXPECT_EQ(script.requests().size(), 3U);
    const Request first = script.requests().at(0);
    EXPECT_EQ(first.messages.at(0).text, "Write.");
    EXPECT_EQ(first.messages.at(0).clips.size(), 1U);
    EXPECT_EQ(first.sampling.temperature, 0.0F);
    EXPECT_EQ(script.requests().at(1).messages.at(0).images.size(), 1U);
}

TEST_F(SuiteTest, AStopKeepsTheScoresSoFar) {
    write("suite.json", R"([{"name": "a", "task": "chat", "answer": "ok"},
                            {"name": "b", "task": "chat", "answer": "ok"}])");
    FakeEngineScript script;
    FakeEngine engine(script);
    std::stop_source stop;
    const SuiteScores scores = runSuite(
        engine, readSuite(m_folder), {}, [&](const AnsweredCase&) { stop.request_stop(); },
        stop.get_token());
    ASSERT_EQ(scores.size(), 1U);
    EXPECT_EQ(scores[0].second.cases(), 1);
    EXPECT_EQ(script.requests().size(), 1U);
}

} // namespace
} // namespace phial::evaluate
