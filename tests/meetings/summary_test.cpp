// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/summarizer.h"
#include "inference/base/error.h"
#include "tests/meetings/answering_engine.h"
#include "tests/meetings/voice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

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

/// What is known of a line that is one sentence.
const LinkedSentence& only(const Summary& summary, std::size_t line) {
    EXPECT_EQ(summary.lines.at(line).sentences.size(), 1U) << line;
    return summary.lines.at(line).sentences.at(0);
}

std::vector<std::int64_t> idsOf(const LinkedSentence& sentence) {
    std::vector<std::int64_t> ids;
    for (const Source& source : sentence.sources) {
        ids.push_back(source.id);
    }
    return ids;
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
    EXPECT_EQ(summary.lines[0].kind, LineKind::Heading);
    EXPECT_EQ(only(summary, 0).support, Support::NotNeeded);
    EXPECT_EQ(only(summary, 1).text, "Ann hires two testers");
    EXPECT_EQ(only(summary, 1).sources, (std::vector<Source>{{.id = 2, .seconds = 10}}));
    EXPECT_EQ(only(summary, 1).support, Support::Supported);
    EXPECT_EQ(only(summary, 2).support, Support::Unlikely);
    EXPECT_EQ(idsOf(only(summary, 3)), (std::vector<std::int64_t>{1, 3, 4, 5}));
    EXPECT_EQ(only(summary, 4).support, Support::None);
    EXPECT_EQ(only(summary, 5).support, Support::None);
    EXPECT_TRUE(only(summary, 5).sources.empty());
    const std::string markdown = summaryMarkdown(summary, "Minutes");
    EXPECT_NE(markdown.find("- Ann hires two testers [0:10](#t=10)\n"), std::string::npos);
    EXPECT_NE(markdown.find("- Somebody sang (no source found)\n"), std::string::npos);
    const Summary foreign = parseSummary("- Ann stellt ein [2]", transcript, SameLanguage::No);
    EXPECT_EQ(only(foreign, 0).support, Support::Supported);
}

TEST(SummaryText, LinesWithoutABulletAreLinkedOrMarkedAsWell) {
    Transcript transcript = talk(1);
    editText(transcript, 2, "Ann decides to hire two testers until March.");
    const Summary summary = parseSummary("Here is what was decided:\n"
                                         "**Staff**\n"
                                         "Ann wants to hire testers until March.\n"
                                         "- Two testers are hired, Ann decided\n"
                                         "The moon is made of cheese and nobody minds.\n"
                                         "It was good.\n"
                                         "The vote on the cheese from the moon was unanimous, as "
                                         "all of those present said:\n",
                                         transcript, SameLanguage::Yes);
    ASSERT_EQ(summary.lines.size(), 7U);
    EXPECT_EQ(only(summary, 0).support, Support::NotNeeded);
    EXPECT_EQ(only(summary, 1).support, Support::NotNeeded);
    for (const std::size_t found : {2U, 3U}) {
        EXPECT_EQ(only(summary, found).support, Support::Found) << found;
        EXPECT_EQ(idsOf(only(summary, found)), std::vector<std::int64_t>{2}) << found;
    }
    for (const std::size_t none : {4U, 5U, 6U}) {
        EXPECT_EQ(only(summary, none).support, Support::None) << none;
    }
    const std::string markdown = summaryMarkdown(summary, "Minutes");
    EXPECT_NE(markdown.find("until March. [0:10](#t=10)\n"), std::string::npos) << markdown;
    EXPECT_NE(markdown.find("nobody minds. (no source found)\n"), std::string::npos) << markdown;
    const Summary foreign =
        parseSummary("Ann stellt zwei Tester ein.", transcript, SameLanguage::No);
    EXPECT_EQ(only(foreign, 0).support, Support::None) << "words of another language find nothing";
}

TEST(SummaryText, EverySentenceOfAParagraphIsLinkedOrMarkedByItself) {
    Transcript transcript = talk(1);
    editText(transcript, 2, "Ann decides to hire two testers until March.");
    editText(transcript, 4, "Doctor Smith wants 3.5 percent more money for coffee.");
    const Summary summary =
        parseSummary("Ann hires two testers until March [2]. The moon is made of cheese [2]. Dr. "
                     "Smith wants 3.5 percent more money. Penguins ate the minutes.",
                     transcript, SameLanguage::Yes);
    ASSERT_EQ(summary.lines.size(), 1U);
    EXPECT_EQ(summary.lines[0].kind, LineKind::Paragraph);
    const std::vector<LinkedSentence>& said = summary.lines[0].sentences;
    ASSERT_EQ(said.size(), 4U);
    EXPECT_EQ(said[0].support, Support::Supported);
    EXPECT_EQ(said[1].support, Support::Unlikely);
    EXPECT_EQ(said[2].support, Support::Found);
    EXPECT_EQ(idsOf(said[2]), std::vector<std::int64_t>{4});
    EXPECT_EQ(said[3].support, Support::None);
    EXPECT_EQ(summaryMarkdown(summary, "m"),
              "# m\n\nAnn hires two testers until March. [0:10](#t=10) The moon is made of cheese. "
              "[0:10](#t=10) (no source found) Dr. Smith wants 3.5 percent more money. "
              "[0:30](#t=30) Penguins ate the minutes. (no source found)\n\n");
}

TEST(SummaryText, NumbersAtTheEndOfABulletStandForTheSentencesBeforeIfTheirWordsAgree) {
    Transcript transcript = talk(1);
    editText(transcript, 2, "Ann decides to hire two testers until March.");
    const std::string answer = "- Testers are hired until March. Penguins ate the minutes. Owner: "
                               "Ann. She decides about testers. [2]";
    const Summary summary = parseSummary(answer, transcript, SameLanguage::Yes);
    const std::vector<LinkedSentence>& said = summary.lines.at(0).sentences;
    ASSERT_EQ(said.size(), 3U);
    EXPECT_EQ(idsOf(said[0]), std::vector<std::int64_t>{2});
    EXPECT_EQ(said[1].support, Support::None);
    EXPECT_EQ(said[1].text, "Penguins ate the minutes. Owner: Ann.")
        << "too short to be looked for by itself";
    EXPECT_EQ(idsOf(said[2]), std::vector<std::int64_t>{2});
    const Summary foreign = parseSummary(
        "- Tester werden gesucht. Pinguine aßen das Protokoll. [2]", transcript, SameLanguage::No);
    ASSERT_EQ(foreign.lines.at(0).sentences.size(), 2U);
    EXPECT_EQ(idsOf(foreign.lines[0].sentences[0]), std::vector<std::int64_t>{2})
        << "what cannot be compared is believed";
}

TEST(SummaryText, ANumberAtTheBeginningOfALineIsNoBulletWithoutASpace) {
    const Summary summary =
        parseSummary("3.5 percent of the budgets go to the release.", talk(1), SameLanguage::Yes);
    EXPECT_EQ(summary.lines.at(0).kind, LineKind::Paragraph);
    EXPECT_EQ(summary.lines[0].text(), "3.5 percent of the budgets go to the release.");
}

TEST(SummaryText, TakesAnyAnswer) {
    const Transcript transcript = talk(1);
    for (const char* answer : {"", "[", "]", "[]", "[-]", "[1-", "- [99999999999999999999999]",
                               "[1-999999999]", "- \xff\xfe [1]", "1.", "12", "- ", "[ , ]"}) {
        EXPECT_NO_THROW(parseSummary(answer, transcript, SameLanguage::Yes)) << answer;
    }
}

TEST(Summarizer, WhatCannotBeWrittenInALineIsASpace) {
    AnsweringEngine engine([](const Request&) {
        return "- Bud\x1b[2J gets \x1c"
               "7\xe2\x80\xa8"
               "and \xc2\x85 more \xff\n- Two";
    });
    NotesCache cache;
    SummaryJob job(talk(2), {}, cache);
    EXPECT_EQ(runAll(job, engine), StepResult::Done);
    ASSERT_EQ(job.summary().lines.size(), 2U);
    EXPECT_EQ(job.summary().lines[0].sentences[0].text, "Bud [2J gets  7 and   more \uFFFD");
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
    EXPECT_NE(summaryMarkdown(job.summary(), "m").find("**Missing:** From "), std::string::npos);
}

TEST(Summarizer, APartThatGoesRoundInCirclesIsStoppedEarlyAndNamed) {
    AnsweringEngine engine([&](const Request& request) -> std::string {
        if (!isAbout(request, notesInstructions()) ||
            request.messages.back().text.find("Line 100 ") == std::string::npos) {
            return "- Budgets [3]";
        }
        std::string circle = "- ";
        for (int i = 0; i < 500; ++i) {
            circle += "and so on ";
        }
        return circle;
    });
    engine.contextTokens = 4096;
    int words = 0;
    engine.onWord = [&] { ++words; };
    NotesCache cache;
    SummaryJob job(talk(60), {}, cache);
    EXPECT_EQ(runAll(job, engine), StepResult::Done);
    ASSERT_EQ(job.summary().problems.size(), 1U);
    EXPECT_EQ(job.summary().problems[0].rfind("From ", 0), 0U) << job.summary().problems[0];
    EXPECT_FALSE(job.summary().lines.empty());
    // Three words an answer, and twice what it takes to be sure of a circle: not 3000.
    EXPECT_LT(words, static_cast<int>(3 * engine.requests.size()) + 2 * 40);
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

TEST(Summarizer, NotesThatCouldNotBeJoinedAreNamedWithTheirTimes) {
    AnsweringEngine engine([](const Request& request) -> std::string {
        if (isAbout(request, mergeInstructions())) {
            return "";
        }
        std::mt19937 random(5);
        std::string notes = isAbout(request, notesInstructions()) ? "" : "- Budgets [3]";
        while (notes.size() < 1000 && isAbout(request, notesInstructions())) {
            notes += notes.size() % 9 == 8 ? ' ' : static_cast<char>('a' + random() % 26);
        }
        return notes;
    });
    engine.contextTokens = 2048;
    NotesCache cache;
    SummaryJob job(talk(60), {}, cache);
    EXPECT_EQ(runAll(job, engine), StepResult::Done);
    ASSERT_FALSE(job.summary().problems.empty());
    EXPECT_EQ(job.summary().problems[0].rfind("From 0:00 to ", 0), 0U) << job.summary().problems[0];
    EXPECT_NE(job.summary().problems[0].find("could not be joined"), std::string::npos);
}

TEST(Summarizer, NotesOfAnotherModelAreNotUsed) {
    AnsweringEngine engine([](const Request&) { return "- Budgets [3]"; });
    engine.contextTokens = 4096;
    NotesCache cache;
    SummaryJob first(talk(60), {}, cache);
    runAll(first, engine);
    const std::size_t calls = engine.requests.size();
    engine.modelName = "a better one";
    SummaryJob second(talk(60), {}, cache);
    EXPECT_EQ(runAll(second, engine), StepResult::Done);
    EXPECT_EQ(engine.requests.size(), 2 * calls);
}

/// A recording that is in memory.
tasks::SoundSource sourceOf(std::vector<float> samples) {
    auto clip = std::make_shared<AudioClip>();
    clip->sampleRateHz = kRate;
    clip->samples = std::move(samples);
    return tasks::soundOf(clip);
}

class HeardMeeting : public testing::Test {
protected:
    HeardMeeting() { m_engine.hears = true; }

    std::size_t clipsOf(std::size_t request) const {
        return m_engine.requests.at(request).messages.back().clips.size();
    }

    std::string m_answer = "- Budgets [1]";
    AnsweringEngine m_engine{[this](const Request&) { return m_answer; }};
    NotesCache m_cache;
};

TEST_F(HeardMeeting, IsHeardAndItsLinesAreThereToBeNamed) {
    SummaryJob job(talk(1), {}, m_cache, sourceOf(meeting(3)));
    EXPECT_EQ(runAll(job, m_engine), StepResult::Done);
    ASSERT_EQ(m_engine.requests.size(), 1U);
    ASSERT_EQ(clipsOf(0), 1U);
    const Message& message = m_engine.requests[0].messages.back();
    const double heard = static_cast<double>(message.clips[0]->samples.size()) / kRate;
    EXPECT_GT(heard, 12);
    EXPECT_LT(heard, 16) << "of 24 s; what is silent does not reach the model";
    EXPECT_NE(message.text.find("[6] Line 5"), std::string::npos);
    EXPECT_EQ(only(job.summary(), 0).support, Support::Supported);
    EXPECT_TRUE(job.summary().note.empty());
}

TEST_F(HeardMeeting, NeedsNoTranscriptButSaysThatNothingIsLinked) {
    SummaryJob job({.rateHz = kRate}, {}, m_cache, sourceOf(meeting(3)));
    EXPECT_EQ(runAll(job, m_engine), StepResult::Done);
    ASSERT_EQ(clipsOf(0), 1U);
    EXPECT_EQ(m_engine.requests[0].messages.back().text.find("[12]"), std::string::npos)
        << "it is not told to name lines that it does not see";
    EXPECT_EQ(only(job.summary(), 0).support, Support::None);
    EXPECT_NE(summaryMarkdown(job.summary(), "m").find("> Made from the sound"), std::string::npos);
}

TEST_F(HeardMeeting, IsReadWhenItsSpeechDoesNotFitTheContext) {
    const std::vector<float> sound = meeting(3); // 15 s of speech: 190 tokens
    const std::string prompt = promptOf(instructionsFor(SummaryTemplate::Minutes, "", ""),
                                        "[1] Line 0 speaks about budgets and the release.\n");
    for (const int room : {-40, 40}) {
        m_engine.requests.clear();
        // A quarter is kept for the answer.
        m_engine.contextTokens = (m_engine.textTokens(prompt) + 32 + 190 + room) * 4 / 3;
        Transcript line{.rateHz = kRate};
        addSegment(line,
                   {.endSample = kRate, .text = "Line 0 speaks about budgets and the release."});
        SummaryJob job(line, {}, m_cache, sourceOf(sound));
        EXPECT_EQ(runAll(job, m_engine), StepResult::Done);
        ASSERT_EQ(m_engine.requests.size(), 1U);
        EXPECT_EQ(clipsOf(0), room > 0 ? 1U : 0U);
        EXPECT_FALSE(job.summary().lines.empty());
    }
}

TEST_F(HeardMeeting, IsReadWhenItIsLongerThanTheModelMayHear) {
    m_engine.contextTokens = 100000;
    tasks::SoundSource sound = sourceOf(meeting(1));
    sound.seconds = kLongestHeardSeconds + 1;
    sound.next = [](std::vector<float>&) -> bool { throw std::logic_error("listened to"); };
    SummaryJob job(talk(2), {}, m_cache, sound);
    EXPECT_EQ(runAll(job, m_engine), StepResult::Done);
    EXPECT_EQ(clipsOf(0), 0U);
    SummaryJob without({.rateHz = kRate}, {}, m_cache, sound);
    EXPECT_EQ(runAll(without, m_engine), StepResult::Done);
    EXPECT_EQ(without.summary().problems.size(), 1U) << "nothing to read and too long to hear";
}

TEST_F(HeardMeeting, IsReadByAModelWithoutHearingAndWhenMemoryRunsOut) {
    m_engine.hears = false;
    SummaryJob deaf(talk(1), {}, m_cache, sourceOf(meeting(1)));
    EXPECT_EQ(runAll(deaf, m_engine), StepResult::Done);
    EXPECT_EQ(clipsOf(0), 0U);

    AnsweringEngine small([](const Request& request) -> std::string {
        if (!request.messages.back().clips.empty()) {
            throw Error(ErrorCode::OutOfDeviceMemory, "full");
        }
        return "- Budgets [1]";
    });
    small.hears = true;
    SummaryJob job(talk(1), {}, m_cache, sourceOf(meeting(1)));
    EXPECT_EQ(runAll(job, small), StepResult::Done);
    EXPECT_EQ(small.requests.size(), 2U);
    EXPECT_FALSE(job.summary().lines.empty());
}

TEST_F(HeardMeeting, GoesOnWithWhatItGatheredAfterAStop) {
    std::stop_source stop;
    m_engine.onWord = [&] { stop.request_stop(); };
    SummaryJob job(talk(1), {}, m_cache, sourceOf(meeting(2)));
    StepResult result = StepResult::More;
    while (result == StepResult::More) {
        result = job.step(m_engine, stop.get_token());
    }
    EXPECT_EQ(result, StepResult::Stopped);
    m_engine.onWord = {};
    EXPECT_EQ(runAll(job, m_engine), StepResult::Done);
    EXPECT_EQ(m_engine.requests[0].messages.back().clips[0]->samples,
              m_engine.requests[1].messages.back().clips[0]->samples);
}

TEST_F(HeardMeeting, SilenceIsNotAskedAbout) {
    std::vector<float> silence;
    addSilence(silence, 90);
    SummaryJob job({.rateHz = kRate}, {}, m_cache, sourceOf(silence));
    EXPECT_EQ(runAll(job, m_engine), StepResult::Done);
    EXPECT_TRUE(m_engine.requests.empty());
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
