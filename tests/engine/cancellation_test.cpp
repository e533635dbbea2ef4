// SPDX-License-Identifier: MIT
// Stops at seeded random moments of loading, encoding, reading and writing. Afterwards the engine
// must answer as if nothing had happened and hold no more memory than before.
#include "tests/engine/engine_fixture.h"

#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

namespace phial {
namespace {

class CancellationTest : public test::EngineTest {};

/// Requests a stop after a random time from another thread, or at once when destroyed earlier.
class RandomStop {
public:
    explicit RandomStop(std::chrono::microseconds after)
        : m_thread([this, after] {
            std::unique_lock lock(m_mutex);
            m_done.wait_for(lock, after, [this] { return m_finished; });
            m_source.request_stop();
        }) {}

    ~RandomStop() {
        {
            const std::lock_guard lock(m_mutex);
            m_finished = true;
        }
        m_done.notify_all();
        m_thread.join();
    }

    RandomStop(const RandomStop&) = delete;
    RandomStop& operator=(const RandomStop&) = delete;

    std::stop_token token() const { return m_source.get_token(); }

private:
    std::stop_source m_source;
    std::mutex m_mutex;
    std::condition_variable m_done;
    bool m_finished = false;
    std::thread m_thread;
};

TEST_F(CancellationTest, LoadingStopsAtEveryProgressEvent) {
    int events = 0;
    loadEngine(options(), [&](const Progress&) { ++events; });
    ASSERT_GT(events, 10);
    std::mt19937 random(3);
    std::vector<int> moments{1, 2, events};
    for (int i = 0; i < 4; ++i) {
        moments.push_back(1 + static_cast<int>(random() % static_cast<unsigned>(events)));
    }
    for (const int moment : moments) {
        SCOPED_TRACE(moment);
        std::stop_source source;
        int seen = 0;
        const auto load = [&] {
            loadEngine(
                options(),
                [&](const Progress&) {
                    if (++seen == moment) {
                        source.request_stop();
                    }
                },
                source.get_token());
        };
        EXPECT_EQ(test::errorCodeOf(load), ErrorCode::Cancelled);
        EXPECT_LE(seen, moment + 1) << "went on after the stop";
    }
}

TEST_F(CancellationTest, AnsweringStopsAtAnyMomentAndGoesOnAfterwards) {
    const auto engine = loadEngine(options(600));
    Request heard = ask("now", 24);
    heard.messages[0].clips = {goldenClip("logmel_a")};
    Request text = textRequest(32);
    // How much is guessed depends on the clock, and so does the memory that wider steps take.
    heard.sampling.drafts = text.sampling.drafts = Drafts::Off;
    const std::vector<std::int32_t> heardIds = run(*engine, heard).tokenIds;
    ASSERT_EQ(run(*engine, text).tokenIds, goldenIds("model_text"));
    const std::uint64_t bytes = engine->info().deviceBytes;

    std::mt19937 random(17);
    for (int round = 0; round < 16; ++round) {
        SCOPED_TRACE(round);
        Request request = heard;
        // Other sound in each round, so that nothing comes from the encoder's cache.
        auto clip = std::make_shared<AudioClip>(*heard.messages[0].clips[0]);
        clip->samples[static_cast<std::size_t>(round)] += 0.25F;
        request.messages[0].clips = {clip};
        const RandomStop stop(std::chrono::microseconds(random() % 400'000));
        const GenerationResult result = engine->generate(request, {}, stop.token());
        if (result.finishReason == FinishReason::Cancelled) {
            EXPECT_LE(result.tokenIds.size(), 24U);
        }
        if (round % 4 == 3) {
            EXPECT_EQ(run(*engine, text).tokenIds, goldenIds("model_text"));
        }
    }
    EXPECT_EQ(run(*engine, heard).tokenIds, heardIds);
    // Sixteen short recordings may stay in the encoder's cache (32 rows of 192 floats each), in
    // one new block of the memory pool, whose smallest is half a mebibyte.
    EXPECT_LE(engine->info().deviceBytes, bytes + 16 * 32 * 192 * 4 + 512 * 1024);
}

TEST_F(CancellationTest, StopsAtEveryStageAndKeepsTheText) {
    const auto engine = loadEngine(options(256));
    for (const Progress::Stage stage : {Progress::Stage::EncodingAudio,
                                        Progress::Stage::ReadingPrompt, Progress::Stage::Writing}) {
        SCOPED_TRACE(static_cast<int>(stage));
        std::stop_source source;
        int seen = 0;
        GenerationEvents events;
        std::string streamed;
        events.onText = [&](std::string_view piece) {
            streamed += piece;
            return true;
        };
        events.onProgress = [&](const Progress& progress) {
            const int wanted = stage == Progress::Stage::Writing ? 5 : 1;
            if (progress.stage == stage && ++seen == wanted) {
                source.request_stop();
            }
        };
        Request request = ask("now", 24);
        auto clip = std::make_shared<AudioClip>(*goldenClip("logmel_c"));
        clip->samples[0] = 0.01F * static_cast<float>(static_cast<int>(stage));
        request.messages[0].clips = {clip};
        const GenerationResult result = engine->generate(request, events, source.get_token());
        EXPECT_EQ(result.finishReason, FinishReason::Cancelled);
        EXPECT_EQ(result.text, streamed);
        EXPECT_EQ(result.tokenIds.size(), stage == Progress::Stage::Writing ? 5U : 0U);
    }
    // A callback that refuses ends the answer too.
    GenerationEvents events;
    events.onText = [](std::string_view) { return false; };
    EXPECT_EQ(engine->generate(textRequest(32), events, {}).finishReason, FinishReason::Cancelled);
    EXPECT_EQ(run(*engine, textRequest(32)).tokenIds, goldenIds("model_text"));
}

TEST_F(CancellationTest, AStopBeforeTheCallDoesNoWork) {
    const auto engine = loadEngine(options());
    std::stop_source source;
    source.request_stop();
    const GenerationResult result = engine->generate(textRequest(8), {}, source.get_token());
    EXPECT_EQ(result.finishReason, FinishReason::Cancelled);
    EXPECT_TRUE(result.tokenIds.empty());
}

} // namespace
} // namespace phial
