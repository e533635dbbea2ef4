// SPDX-License-Identifier: MIT
// Answers with guessed tokens must be those without, token for token, and leave the same in the
// cache. Each answer is written by a fresh engine without drafts and by one that always drafts.
#include "inference/engine/load_engine.h"
#include "tests/engine/engine_fixture.h"
#include "tests/support/source_root.h"

#include <algorithm>
#include <string>

namespace phial {
namespace {

/// Parameter: how keys and values are kept.
class DraftsTest : public test::EngineTest, public testing::WithParamInterface<KvCacheFormat> {
protected:
    EngineOptions with(int contextTokens, const std::filesystem::path& model = embedded()) {
        EngineOptions with = options(contextTokens, model);
        with.kvCache = GetParam();
        return with;
    }

    static std::filesystem::path embedded() {
        return test::sourceRoot() / "resources/models/embedded";
    }

    static Request drafting(Request request, Drafts drafts = Drafts::Always) {
        request.sampling.drafts = drafts;
        return request;
    }

    /// Typed sentences of the kind that the built-in model lists again.
    static Request passage(int maxTokens) {
        return ask("Summarize the meeting: We decided to move the launch to Friday. Anna will send "
                   "the report on Monday. We decided to move the launch to Friday. Anna will send "
                   "the report on Monday.",
                   maxTokens);
    }

    /// Writes the answer without drafts on one engine and with them on the other; both then go on
    /// with a second turn.
    void compare(Engine& plain, Engine& drafts, const Request& request) {
        const GenerationResult expected = run(plain, drafting(request, Drafts::Off));
        const GenerationResult found = run(drafts, drafting(request));
        expectSame(found, expected);
        EXPECT_EQ(expected.drafts.guessed, 0);
        m_kept += found.drafts.kept;
        m_refused += found.drafts.guessed - found.drafts.kept;

        Request next = request;
        next.sampling.stop.clear();
        next.sampling.maxTokens = 6;
        Message answer;
        answer.role = Role::Assistant;
        answer.text = expected.text;
        Message question;
        question.text = "And now?";
        next.messages.insert(next.messages.end(), {answer, question});
        const GenerationResult expectedNext = run(plain, drafting(next, Drafts::Off));
        const GenerationResult foundNext = run(drafts, drafting(next));
        expectSame(foundNext, expectedNext);
        EXPECT_EQ(foundNext.usage.reusedTokens, expectedNext.usage.reusedTokens);
    }

    static void expectSame(const GenerationResult& found, const GenerationResult& expected) {
        EXPECT_EQ(found.tokenIds, expected.tokenIds);
        EXPECT_EQ(found.logProbabilities, expected.logProbabilities) << "bit for bit";
        EXPECT_EQ(found.text, expected.text);
        EXPECT_EQ(found.finishReason, expected.finishReason);
        EXPECT_EQ(found.usage.completionTokens, expected.usage.completionTokens);
    }

    int m_kept = 0;
    int m_refused = 0;
};

TEST_P(DraftsTest, AnswersOfTheGoldenModelAreUnchanged) {
    const auto plain = loadEngine(with(512, test::goldenFolder()));
    const auto drafts = loadEngine(with(512, test::goldenFolder()));
    // Its answers fall into loops, which are guessed.
    for (const char* text : {"Describe the weather report for Tuesday please.",
                             "the quick report the quick report the quick report", "now now now"}) {
        SCOPED_TRACE(text);
        compare(*plain, *drafts, ask(text, 120));
    }
    if (GetParam() == KvCacheFormat::Plain) {
        EXPECT_EQ(run(*drafts, drafting(textRequest(32))).tokenIds, goldenIds("model_text"));
    }
    EXPECT_GT(m_kept, 0);
    EXPECT_GT(m_refused, 0);
}

TEST_P(DraftsTest, AnswersOfTheBuiltInModelAreUnchanged) {
    const auto plain = loadEngine(with(512));
    const auto drafts = loadEngine(with(512));
    compare(*plain, *drafts, passage(120));
    compare(*plain, *drafts, ask("Translate to German: The meeting starts at nine.", 60));
    compare(*plain, *drafts, ask("What is Phial? What is Phial? What is Phial?", 60));
    EXPECT_GT(m_kept, 0);
    EXPECT_GT(m_refused, 0);
}

TEST_P(DraftsTest, AnAnswerMayEndInsideADraft) {
    const auto plain = loadEngine(with(512, test::goldenFolder()));
    const auto drafts = loadEngine(with(512, test::goldenFolder()));
    const Request request = ask("now now now", 90);
    const GenerationResult whole = run(*plain, drafting(request, Drafts::Off));
    ASSERT_GT(run(*drafts, drafting(request)).drafts.kept, 8) << "nothing to end inside of";
    // Every number of tokens, so that the limit meets every column of a step.
    for (int limit = 40; limit < 60; ++limit) {
        SCOPED_TRACE(limit);
        Request shorter = request;
        shorter.sampling.maxTokens = limit;
        const GenerationResult found = run(*drafts, drafting(shorter));
        EXPECT_EQ(found.finishReason, FinishReason::TokenLimit);
        EXPECT_TRUE(
            std::equal(found.tokenIds.begin(), found.tokenIds.end(), whole.tokenIds.begin()));
        EXPECT_EQ(std::ssize(found.tokenIds), limit);
    }
    // Stop strings that begin at different places, and what the next turn finds.
    for (std::size_t at = whole.text.size() / 2; at < whole.text.size() / 2 + 6; ++at) {
        Request stopped = request;
        stopped.sampling.stop = {whole.text.substr(at, 3)};
        compare(*plain, *drafts, stopped);
    }
}

TEST_P(DraftsTest, AContextMayEndInsideADraft) {
    for (const int context : {64, 65, 66, 67, 68, 69, 70, 71}) {
        SCOPED_TRACE(context);
        const auto plain = loadEngine(with(context, test::goldenFolder()));
        const auto drafts = loadEngine(with(context, test::goldenFolder()));
        const Request request = ask("now now now", 1000);
        const GenerationResult expected = run(*plain, drafting(request, Drafts::Off));
        const GenerationResult found = run(*drafts, drafting(request));
        expectSame(found, expected);
        EXPECT_EQ(found.finishReason, FinishReason::ContextFull);
        EXPECT_EQ(found.usage.promptTokens + found.usage.completionTokens, context);
    }
}

TEST_P(DraftsTest, DrawnTokensAreTheSameForASeed) {
    const auto host = loadEngine(with(512, test::goldenFolder()));
    const auto plain = loadEngine(with(512, test::goldenFolder()));
    Phi4Parts parts = loadParts(with(512, test::goldenFolder()), {}, {});
    parts.drawOnDevice = true;
    Phi4Engine device(std::move(parts));
    int kept = 0;
    for (const Sampling& sampling :
         {Sampling{.temperature = 0.3F, .seed = 1},
          Sampling{.temperature = 0.5F, .topK = 20, .seed = 2},
          Sampling{.temperature = 0.4F, .topP = 0.8F, .minP = 0.02F, .seed = 3},
          Sampling{.temperature = 0.2F, .repetitionPenalty = 1.05F, .seed = 4},
          Sampling{.repetitionPenalty = 1.05F}}) {
        SCOPED_TRACE(sampling.seed);
        Request request = ask("now now now", 100);
        request.sampling = sampling;
        request.sampling.maxTokens = 100;
        const GenerationResult expected = run(*plain, drafting(request, Drafts::Off));
        const GenerationResult onHost = run(*host, drafting(request));
        expectSame(onHost, expected);
        const GenerationResult onDevice = run(device, drafting(request));
        EXPECT_EQ(onDevice.tokenIds, expected.tokenIds);
        kept += onHost.drafts.kept + onDevice.drafts.kept;
    }
    EXPECT_GT(kept, 0);
}

TEST_P(DraftsTest, AStopInsideADraftKeepsWhatWasShown) {
    const auto plain = loadEngine(with(512, test::goldenFolder()));
    const auto drafts = loadEngine(with(512, test::goldenFolder()));
    const Request request = ask("now now now", 90);
    const GenerationResult whole = run(*plain, drafting(request, Drafts::Off));
    for (int moment = 30; moment < 42; ++moment) {
        SCOPED_TRACE(moment);
        std::stop_source source;
        int written = 0;
        GenerationEvents events;
        events.onProgress = [&](const Progress& progress) {
            if (progress.stage == Progress::Stage::Writing && ++written == moment) {
                source.request_stop();
            }
        };
        const GenerationResult stopped =
            drafts->generate(drafting(request), events, source.get_token());
        EXPECT_EQ(stopped.finishReason, FinishReason::Cancelled);
        EXPECT_EQ(std::ssize(stopped.tokenIds), moment);
        // What is in the cache fits the answer as it would have gone on.
        expectSame(run(*drafts, drafting(request)), whole);
    }
}

TEST_P(DraftsTest, TheRotaryFactorsMaySwitchInsideADraft) {
    // The golden model's short factors end at 1280 tokens. A prompt that stops shortly before makes
    // the switch fall among guesses.
    const auto plain = loadEngine(with(1400, test::goldenFolder()));
    const auto drafts = loadEngine(with(1400, test::goldenFolder()));
    std::string text = "now";
    while (plain->textTokens(text) < 1235) {
        text += " now now now now now now now now";
    }
    compare(*plain, *drafts, ask(text, 60));
}

TEST_P(DraftsTest, WhereItWouldNotPayNothingIsRunAsAGuess) {
    const auto engine = loadEngine(with(512, test::goldenFolder()));
    Request request = ask("Describe the weather report for Tuesday please.", 40);
    request.sampling.drafts = Drafts::Off;
    const GenerationResult result = run(*engine, request);
    EXPECT_EQ(result.drafts.guessed, 0);
    EXPECT_EQ(result.drafts.steps, 39);
}

INSTANTIATE_TEST_SUITE_P(Caches, DraftsTest,
                         testing::Values(KvCacheFormat::Plain, KvCacheFormat::K8V4,
                                         KvCacheFormat::Tq4),
                         [](const auto& info) {
                             return info.param == KvCacheFormat::Plain  ? "Plain"
                                    : info.param == KvCacheFormat::K8V4 ? "K8V4"
                                                                        : "Tq4";
                         });

} // namespace
} // namespace phial
