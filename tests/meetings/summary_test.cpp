// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/summarizer.h"
#include "inference/base/error.h"
#include "tests/meetings/answering_engine.h"

#include <gtest/gtest.h>

namespace phial::meetings {
namespace {

/// A meeting with a line every ten seconds.
Transcript talk(int minutes) {
    Transcript transcript{.rateHz = 1000};
    for (int i = 0; i < minutes * 6; ++i) {
        addSegment(transcript, {.startSample = i * 10000,
                                .endSample = i * 10000 + 9000,
                                .text = "Line " + std::to_string(i) +
                                        " speaks about budgets and about the release."});
    }
    return transcript;
}

bool isAbout(const Request& request, std::string_view instructions) {
    return request.messages.back().text.rfind(instructions, 0) == 0;
}

StepResult runAll(SummaryJob& job, Engine& engine) {
    StepResult result = StepResult::More;
    for (int i = 0; i < 1000 && result == StepResult::More; ++i) {
        result = job.step(engine, {});
    }
    return result;
}

TEST(SummaryText, FindsTheSourcesOfBulletsAndMarksThoseWithoutAny) {
    Transcript transcript = talk(1);
    editText(transcript, 2, "Ann decides to hire two testers until March.");
    const Summary summary = parseSummary("## Decisions\n\n"
                                         "- Ann hires two testers [2]\n"
                                         "* The moon is made of cheese [3]\n"
                                         "1. Budgets were discussed [1, 3-5][1]\n"
                                         "- Somebody sang\n"
                                         "- From nowhere [99]\n"
                                         "---\n",
                                         transcript, SameLanguage::Yes);
    ASSERT_EQ(summary.lines.size(), 6U);
    EXPECT_EQ(summary.lines[0].support, Support::NotNeeded);
    EXPECT_EQ(summary.lines[1].text, "Ann hires two testers");
    EXPECT_EQ(summary.lines[1].sources, std::vector<std::int64_t>{2});
    EXPECT_EQ(summary.lines[1].support, Support::Supported);
    EXPECT_EQ(summary.lines[2].support, Support::Unlikely);
    EXPECT_EQ(summary.lines[3].sources, (std::vector<std::int64_t>{1, 3, 4, 5}));
    EXPECT_EQ(summary.lines[4].support, Support::None);
    EXPECT_EQ(summary.lines[5].support, Support::None);
    EXPECT_TRUE(summary.lines[5].sources.empty());
    const std::string markdown = summaryMarkdown(summary, transcript, "Minutes");
    EXPECT_NE(markdown.find("- Ann hires two testers [0:10](#t=10)\n"), std::string::npos);
    EXPECT_NE(markdown.find("- Somebody sang (no source found)\n"), std::string::npos);
    const Summary foreign = parseSummary("- Ann stellt ein [2]", transcript, SameLanguage::No);
    EXPECT_EQ(foreign.lines[0].support, Support::Supported);
}

TEST(SummaryText, TakesAnyAnswer) {
    const Transcript transcript = talk(1);
    for (const char* answer : {"", "[", "]", "[]", "[-]", "[1-", "- [99999999999999999999999]",
                               "[1-999999999]", "- \xff\xfe [1]", "1.", "12", "- ", "[ , ]"}) {
        EXPECT_NO_THROW(parseSummary(answer, transcript, SameLanguage::Yes)) << answer;
    }
}

TEST(Summarizer, AShortMeetingIsOneQuestionWithInstructionsBeforeAndAfter) {
    AnsweringEngine engine([](const Request&) { return "- Budgets [1]"; });
    NotesCache cache;
    SummaryJob job(talk(2),
                   {.kind = SummaryTemplate::Decisions,
                    .language = "German",
                    .same = SameLanguage::No,
                    .userNotes = "ask Ben"},
                   cache);
    EXPECT_EQ(runAll(job, engine), StepResult::Done);
    ASSERT_EQ(engine.requests.size(), 1U);
    const std::string& prompt = engine.requests[0].messages.back().text;
    const std::string instructions = instructionsFor(SummaryTemplate::Decisions, "", "German");
    EXPECT_EQ(prompt.find(instructions), 0U);
    EXPECT_EQ(prompt.rfind(instructions), prompt.size() - instructions.size());
    EXPECT_NE(instructions.find("German"), std::string::npos);
    EXPECT_NE(prompt.find("[12] Line 11"), std::string::npos);
    EXPECT_NE(prompt.find("ask Ben"), std::string::npos);
    EXPECT_EQ(job.summary().lines.size(), 1U);
}

TEST(Summarizer, ALongMeetingIsDividedAndNoPromptEverExceedsTheContext) {
    for (const int context : {1200, 2048, 4096, 8192}) {
        AnsweringEngine engine([](const Request& request) -> std::string {
            return isAbout(request, notesInstructions())
                       ? "- " + std::to_string(request.messages.back().text.size()) +
                             " letters about budgets and the release of March [3]"
                       : "- Budgets and a release [3]";
        });
        engine.contextTokens = context;
        NotesCache cache;
        SummaryJob job(talk(120), {}, cache);
        ASSERT_EQ(runAll(job, engine), StepResult::Done) << context;
        EXPECT_GE(engine.requests.size(), 4U);
        for (const Request& request : engine.requests) {
            int tokens = 0;
            for (const Message& message : request.messages) {
                tokens += engine.textTokens(message.text);
            }
            EXPECT_LE(tokens + request.sampling.maxTokens, context);
        }
        EXPECT_TRUE(job.summary().problems.empty()) << job.summary().problems.at(0);
        // Every line of the meeting was in some part.
        for (int line = 0; line < 720; ++line) {
            const std::string mark = "] Line " + std::to_string(line) + " ";
            EXPECT_TRUE(std::any_of(engine.requests.begin(), engine.requests.end(),
                                    [&](const Request& r) {
                                        return r.messages.back().text.find(mark) !=
                                               std::string::npos;
                                    }))
                << mark;
        }
    }
}

TEST(Summarizer, ASecondTemplateUsesTheNotesOfTheFirst) {
    AnsweringEngine engine([](const Request&) { return "- Budgets [3]"; });
    engine.contextTokens = 4096;
    NotesCache cache;
    SummaryJob first(talk(60), {.kind = SummaryTemplate::Minutes}, cache);
    runAll(first, engine);
    const std::size_t calls = engine.requests.size();
    cache = notesCacheFromJson(notesCacheJson(cache));
    SummaryJob second(talk(60), {.kind = SummaryTemplate::ActionItems}, cache);
    EXPECT_EQ(runAll(second, engine), StepResult::Done);
    EXPECT_EQ(engine.requests.size(), calls + 1) << "only the final form";
}

TEST(Summarizer, APartThatFailsIsNamedAndTheOthersAreUsed) {
    int parts = 0;
    AnsweringEngine engine([&](const Request& request) {
        if (isAbout(request, notesInstructions()) &&
            request.messages.back().text.find("Line 100 ") != std::string::npos) {
            ++parts;
            return "";
        }
        return "- Budgets [3]";
    });
    engine.contextTokens = 4096;
    NotesCache cache;
    SummaryJob job(talk(60), {}, cache);
    EXPECT_EQ(runAll(job, engine), StepResult::Done);
    EXPECT_EQ(parts % 2, 0) << "asked twice";
    ASSERT_GE(job.summary().problems.size(), 1U);
    EXPECT_EQ(job.summary().problems[0].rfind("From ", 0), 0U) << job.summary().problems[0];
    EXPECT_FALSE(job.summary().lines.empty());
    EXPECT_NE(summaryMarkdown(job.summary(), talk(60), "m").find("**Missing:** From "),
              std::string::npos);
}

TEST(Summarizer, CanBeStoppedAnywhereAndGoesOnWithItsNotes) {
    NotesCache cache;
    int words = 0;
    for (int stopAt = 1; stopAt < 30; stopAt += 3) {
        AnsweringEngine engine([](const Request&) { return "- Budgets and more [3]"; });
        engine.contextTokens = 4096;
        std::stop_source stop;
        words = 0;
        engine.onWord = [&] {
            if (++words == stopAt) {
                stop.request_stop();
            }
        };
        NotesCache own;
        SummaryJob job(talk(60), {}, own);
        StepResult result = StepResult::More;
        while (result == StepResult::More) {
            result = job.step(engine, stop.get_token());
        }
        EXPECT_EQ(result == StepResult::Stopped, stop.stop_requested());
        for (const auto& [key, notes] : own) {
            EXPECT_EQ(notes, "- Budgets and more [3]") << "half an answer is no note";
        }
    }
}

TEST(Summarizer, SilenceHasNoSummary) {
    AnsweringEngine engine([](const Request&) { return "invented"; });
    NotesCache cache;
    SummaryJob job({.rateHz = 1000}, {}, cache);
    EXPECT_EQ(runAll(job, engine), StepResult::Done);
    EXPECT_TRUE(engine.requests.empty()) << "the model would make something up";
    EXPECT_TRUE(job.summary().lines.empty());
}

} // namespace
} // namespace phial::meetings
