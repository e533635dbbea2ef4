// SPDX-License-Identifier: MIT
// Answers with guessed tokens must be those without, token for token, and leave the same in the
// cache. Each answer is written by a fresh engine without drafts and by one that always drafts.
#include "inference/engine/load_engine.h"
#include "tests/engine/engine_fixture.h"
#include "tests/support/source_root.h"
#include "tests/support/temp_folder.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
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

TEST_P(DraftsTest, TheEndOfAnAnswerMayBeGuessed) {
    // The model gives the same answer again, and what ended it stands behind it in the prompt.
    Request request = ask("What is Phial?", 80);
    Message answer;
    answer.role = Role::Assistant;
    answer.text = run(*loadEngine(with(512)), drafting(request, Drafts::Off)).text;
    request.messages.insert(request.messages.end(), {answer, request.messages.front()});
    const auto plain = loadEngine(with(512));
    const auto drafts = loadEngine(with(512));
    compare(*plain, *drafts, request);
    const GenerationResult again = run(*drafts, drafting(request));
    EXPECT_EQ(again.finishReason, FinishReason::EndOfTurn);
    if (GetParam() == KvCacheFormat::Plain) { // coded caches change the words
        EXPECT_GT(again.drafts.kept, 0);
    }
}

TEST_P(DraftsTest, AnAnswerMayEndInsideADraft) {
    const auto plain = loadEngine(with(512, test::goldenFolder()));
    const auto drafts = loadEngine(with(512, test::goldenFolder()));
    const Request request = ask("now now now", 90);
    const GenerationResult whole = run(*plain, drafting(request, Drafts::Off));
    ASSERT_GT(run(*drafts, drafting(request)).drafts.kept, 0) << "nothing to end inside of";
    // Every number of tokens, so that the limit meets every column of a step.
    for (int limit = 50; limit < 59; ++limit) {
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
    for (std::size_t at = whole.text.size() / 2; at < whole.text.size() / 2 + 3; ++at) {
        Request stopped = request;
        stopped.sampling.stop = {whole.text.substr(at, 3)};
        compare(*plain, *drafts, stopped);
    }
}

TEST_P(DraftsTest, AContextMayEndInsideADraft) {
    for (const int context : {65, 68, 71}) {
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
    const Request request = ask("now now now", 60);
    const auto stopped = [](Engine& engine, const Request& asked, int moment) {
        std::stop_source source;
        int written = 0;
        GenerationEvents events;
        events.onProgress = [&](const Progress& progress) {
            if (progress.stage == Progress::Stage::Writing && ++written == moment) {
                source.request_stop();
            }
        };
        return engine.generate(asked, events, source.get_token());
    };
    int kept = 0;
    for (int moment = 40; moment < 48; ++moment) {
        SCOPED_TRACE(moment);
        const GenerationResult expected = stopped(*plain, drafting(request, Drafts::Off), moment);
        const GenerationResult found = stopped(*drafts, drafting(request), moment);
        EXPECT_EQ(found.finishReason, FinishReason::Cancelled);
        EXPECT_EQ(std::ssize(found.tokenIds), moment);
        expectSame(found, expected);
        kept += found.drafts.kept;
    }
    EXPECT_GT(kept, 0);
    // What is in the cache then fits the answer as it goes on.
    compare(*plain, *drafts, request);
}

TEST_P(DraftsTest, ACallbackMayRefuseInsideADraft) {
    const auto plain = loadEngine(with(512, test::goldenFolder()));
    const auto drafts = loadEngine(with(512, test::goldenFolder()));
    const Request request = ask("now now now", 60);
    const auto refused = [](Engine& engine, const Request& asked) {
        int pieces = 0;
        GenerationEvents events;
        events.onText = [&](std::string_view) { return ++pieces < 30; };
        return engine.generate(asked, events, {});
    };
    expectSame(refused(*drafts, drafting(request)),
               refused(*plain, drafting(request, Drafts::Off)));
    compare(*plain, *drafts, request);
}

TEST_P(DraftsTest, TheRotaryFactorsMaySwitchInsideADraft) {
    const test::TempFolder folder;
    for (const char* name : {"model.safetensors", "tokenizer.json", "tokenizer_config.json",
                             "generation_config.json", "preprocessor_config.json"}) {
        std::filesystem::copy_file(test::goldenFolder() / name, folder.path() / name);
    }
    nlohmann::json config =
        nlohmann::json::parse(std::ifstream(test::goldenFolder() / "config.json"));
    const auto plainPrompt = loadEngine(with(512, test::goldenFolder()));
    const Request request = ask("now now now", 70);
    config["original_max_position_embeddings"] =
        run(*plainPrompt, request).usage.promptTokens + 45; // where drafts are kept
    std::ofstream(folder.path() / "config.json") << config;
    const auto plain = loadEngine(with(512, folder.path()));
    const auto drafts = loadEngine(with(512, folder.path()));
    compare(*plain, *drafts, request);
    EXPECT_GT(m_kept + m_refused, 0) << "guesses were run";
}

TEST_P(DraftsTest, SwitchedOffNothingIsRunAsAGuess) {
    const auto engine = loadEngine(with(512, test::goldenFolder()));
    const GenerationResult result = run(*engine, drafting(ask("now now now", 40), Drafts::Off));
    EXPECT_EQ(result.drafts.guessed, 0);
    EXPECT_EQ(result.drafts.steps, 39);
}

INSTANTIATE_TEST_SUITE_P(Caches, DraftsTest,
                         testing::Values(KvCacheFormat::Plain, KvCacheFormat::K8V4,
                                         KvCacheFormat::Tq4),
                         [](const auto& kind) {
                             return kind.param == KvCacheFormat::Plain  ? "Plain"
                                    : kind.param == KvCacheFormat::K8V4 ? "K8V4"
                                                                        : "Tq4";
                         });

} // namespace
} // namespace phial
