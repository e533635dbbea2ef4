// SPDX-License-Identifier: MIT
#include "app/engine/engine_controller.h"
#include "tests/app/fake_engine.h"
#include "tests/app/spin_until.h"

#include <QCoreApplication>
#include <QEvent>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <random>

namespace phial::app {
namespace {

using test::spinUntil;

using testing::ElementsAre;
using testing::HasSubstr;

Request words(const std::string& text) {
    Request request;
    request.messages.push_back({.role = Role::User, .text = text});
    return request;
}

/// A controller of a fake engine, and a record of its signals.
class Bench {
public:
    explicit Bench(FakeEngineScript& script)
        : controller([&script](const EngineOptions&, const auto& onProgress, std::stop_token) {
            onProgress({.stage = Progress::Stage::UploadingWeights, .done = 1, .total = 2});
            return std::make_unique<FakeEngine>(script);
        }) {
        listen();
    }

    explicit Bench(EngineFactory factory)
        : controller(std::move(factory)) {
        listen();
    }

    bool waitForReady() {
        return spinUntil([this] { return controller.info().has_value() || loadError.has_value(); });
    }

    bool waitForEnd(JobId job) {
        return spinUntil([this, job] { return results.contains(job) || errors.contains(job); });
    }

    EngineController controller;
    std::map<JobId, QString> text;
    std::map<JobId, int> deliveries;
    std::map<JobId, std::shared_ptr<const tasks::TaskResult>> results;
    std::map<JobId, std::pair<ErrorCode, QString>> errors;
    std::vector<JobId> order;
    std::optional<ErrorCode> loadError;
    int loadProgress = 0;
    int unloaded = 0;

private:
    void listen() {
        QObject::connect(&controller, &EngineController::textAppended, &controller,
                         [this](JobId job, const QString& piece) {
                             EXPECT_FALSE(results.contains(job)); // nothing may come after the end
                             text[job] += piece;
                             ++deliveries[job];
                         });
        QObject::connect(&controller, &EngineController::finished, &controller,
                         [this](JobId job, const std::shared_ptr<const tasks::TaskResult>& result) {
                             EXPECT_FALSE(results.contains(job));
                             results[job] = result;
                             order.push_back(job);
                         });
        QObject::connect(&controller, &EngineController::failed, &controller,
                         [this](JobId job, ErrorCode code, const QString& sentence) {
                             errors[job] = {code, sentence};
                             order.push_back(job);
                         });
        QObject::connect(&controller, &EngineController::loadFailed, &controller,
                         [this](ErrorCode code, const QString&) { loadError = code; });
        QObject::connect(&controller, &EngineController::loadProgress, &controller,
                         [this] { ++loadProgress; });
        QObject::connect(&controller, &EngineController::unloaded, &controller,
                         [this] { ++unloaded; });
    }
};

TEST(EngineController, StreamsTextInOrderAndCompletelyBeforeTheEnd) {
    FakeEngineScript script;
    std::vector<std::string> pieces;
    std::string whole;
    for (int i = 0; i < 20000; ++i) {
        pieces.push_back(std::to_string(i) + (i % 2 == 0 ? " ä" : " 界"));
        whole += pieces.back();
    }
    script.answer(pieces);
    Bench bench(script);
    bench.controller.load({});
    ASSERT_TRUE(bench.waitForReady());
    const JobId job = bench.controller.submit(tasks::requestTask(words("count")));
    ASSERT_TRUE(bench.waitForEnd(job));
    EXPECT_EQ(bench.text[job].toStdString(), whole);
    EXPECT_EQ(bench.results[job]->generation.text, whole);
    EXPECT_LT(bench.deliveries[job], 20000); // gathered, not one event a piece
    EXPECT_GT(bench.loadProgress, 0);
}

TEST(EngineController, AnswersJobsInTheOrderTheyWereGiven) {
    FakeEngineScript script;
    for (const char* text : {"a", "b", "c"}) {
        script.answer({std::string(text)});
    }
    Bench bench(script);
    bench.controller.load({});
    const JobId first = bench.controller.submit(tasks::requestTask(words("1")));
    const JobId second = bench.controller.submit(tasks::requestTask(words("2")));
    const JobId third = bench.controller.submit(tasks::requestTask(words("3")));
    ASSERT_TRUE(bench.waitForEnd(third));
    EXPECT_THAT(bench.order, ElementsAre(first, second, third));
    EXPECT_EQ(bench.text[second], QStringLiteral("b"));
}

TEST(EngineController, StopsTheRunningJobAndKeepsItsText) {
    FakeEngineScript script;
    script.answer({.pieces = {"x"}, .untilStopped = true});
    script.answer({"after"});
    Bench bench(script);
    bench.controller.load({});
    const JobId endless = bench.controller.submit(tasks::requestTask(words("go")));
    ASSERT_TRUE(spinUntil([&] { return bench.text[endless].size() > 100; }));
    bench.controller.stop(endless);
    ASSERT_TRUE(bench.waitForEnd(endless));
    EXPECT_EQ(bench.results[endless]->generation.finishReason, FinishReason::Cancelled);
    EXPECT_EQ(bench.text[endless].toStdString(), bench.results[endless]->generation.text);
    const JobId next = bench.controller.submit(tasks::requestTask(words("again")));
    ASSERT_TRUE(bench.waitForEnd(next));
    EXPECT_EQ(bench.text[next], QStringLiteral("after"));
}

TEST(EngineController, StopsAQueuedJobWithoutTouchingTheRunningOne) {
    FakeEngineScript script;
    script.answer({.pieces = {"x"}, .untilStopped = true});
    Bench bench(script);
    bench.controller.load({});
    const JobId running = bench.controller.submit(tasks::requestTask(words("1")));
    const JobId queued = bench.controller.submit(tasks::requestTask(words("2")));
    ASSERT_TRUE(spinUntil([&] { return !bench.text[running].isEmpty(); }));
    bench.controller.stop(queued);
    ASSERT_TRUE(bench.waitForEnd(queued));
    EXPECT_EQ(bench.results[queued]->generation.finishReason, FinishReason::Cancelled);
    EXPECT_FALSE(bench.results.contains(running));
    bench.controller.stopAll();
    ASSERT_TRUE(bench.waitForEnd(running));
    EXPECT_EQ(script.requests().size(), 1U);
}

TEST(EngineController, EndsEveryJobInAStormOfStops) {
    FakeEngineScript script;
    std::mt19937 random(5); // NOLINT(cert-msc51-cpp): a fixed seed is wanted
    for (int i = 0; i < 200; ++i) {
        script.answer({.pieces = {"x"}, .untilStopped = true});
    }
    Bench bench(script);
    bench.controller.load({});
    ASSERT_TRUE(bench.waitForReady()); // stopAll() would end the load too
    std::vector<JobId> jobs;
    for (int i = 0; i < 200; ++i) {
        jobs.push_back(bench.controller.submit(tasks::requestTask(words("go"))));
        if (random() % 3 == 0) {
            QCoreApplication::processEvents();
        }
        bench.controller.stop(jobs[random() % jobs.size()]);
        if (random() % 20 == 0) {
            bench.controller.stopAll();
        }
    }
    for (const JobId job : jobs) {
        bench.controller.stop(job);
    }
    bench.controller.stopAll();
    ASSERT_TRUE(spinUntil([&] { return bench.results.size() == jobs.size(); }));
    EXPECT_TRUE(bench.errors.empty());
    EXPECT_EQ(script.generating, 0);
}

TEST(EngineController, DestroyWhileGenerating) {
    FakeEngineScript script;
    for (int round = 0; round < 50; ++round) {
        script.answer({.pieces = {"x"}, .untilStopped = true});
        Bench bench(script);
        bench.controller.load({});
        const JobId job = bench.controller.submit(tasks::requestTask(words("go")));
        if (round % 2 == 0) {
            ASSERT_TRUE(spinUntil([&] { return !bench.text[job].isEmpty(); }));
        }
    }
    EXPECT_EQ(script.alive, 0);
    EXPECT_EQ(script.generating, 0);
}

TEST(EngineController, DestroyWhileLoading) {
    std::atomic<bool> loading = false;
    {
        Bench bench([&loading](const EngineOptions&, const auto&,
                               const std::stop_token& stop) -> std::unique_ptr<Engine> {
            loading = true;
            while (!stop.stop_requested()) {
                std::this_thread::yield();
            }
            throw Error(ErrorCode::Cancelled, "stopped");
        });
        bench.controller.load({});
        ASSERT_TRUE(spinUntil([&] { return loading.load(); }));
    }
    SUCCEED();
}

TEST(EngineController, ReportsErrorsAndGoesOn) {
    FakeEngineScript script;
    script.answer({.pieces = {"partial"},
                   .error = Error(ErrorCode::ContextOverflow, "too long: 5000 of 4096")});
    script.answer({"fine"});
    Bench bench(script);
    bench.controller.load({});
    const JobId bad = bench.controller.submit(tasks::requestTask(words("1")));
    const JobId good = bench.controller.submit(tasks::requestTask(words("2")));
    ASSERT_TRUE(bench.waitForEnd(good));
    EXPECT_EQ(bench.errors[bad].first, ErrorCode::ContextOverflow);
    EXPECT_THAT(bench.errors[bad].second.toStdString(), HasSubstr("5000 of 4096"));
    EXPECT_EQ(bench.text[bad], QStringLiteral("partial")); // what came before is kept
    EXPECT_EQ(bench.text[good], QStringLiteral("fine"));
}

FakeAnswer lostAfter(std::vector<std::string> pieces) {
    return {.pieces = std::move(pieces),
            .error = Error(ErrorCode::DeviceLost, "the driver restarted")};
}

TEST(EngineController, DoesAJobOverWhenTheDeviceIsLost) {
    FakeEngineScript script;
    script.answer(lostAfter({"Once ", "upon"}));
    script.answer({"Once up", "on ", "a time"}); // the same text in other pieces
    Bench bench(script);
    bench.controller.load({});
    const JobId job = bench.controller.submit(tasks::requestTask(words("1")));
    ASSERT_TRUE(bench.waitForEnd(job));
    EXPECT_FALSE(bench.errors.contains(job));
    EXPECT_EQ(bench.text[job], QStringLiteral("Once upon a time"));
    ASSERT_EQ(script.requests().size(), 2U);
    EXPECT_EQ(script.requests()[0].messages[0].text, script.requests()[1].messages[0].text);
    EXPECT_EQ(bench.unloaded, 0);
    EXPECT_TRUE(bench.controller.info().has_value());
    EXPECT_EQ(script.alive, 1);
}

TEST(EngineController, SaysThatAnAnswerCouldNotBeContinued) {
    FakeEngineScript script;
    script.answer(lostAfter({"Once ", "upon"}));
    script.answer({"Once again"});
    Bench bench(script);
    bench.controller.load({});
    const JobId job = bench.controller.submit(tasks::requestTask(words("1")));
    ASSERT_TRUE(bench.waitForEnd(job));
    EXPECT_EQ(bench.errors[job].first, ErrorCode::DeviceLost);
    EXPECT_THAT(bench.errors[job].second.toStdString(), HasSubstr("ask again"));
    EXPECT_EQ(bench.text[job], QStringLiteral("Once upon"));
}

TEST(EngineController, GivesUpAModelWhoseDeviceIsLostTwice) {
    FakeEngineScript script;
    script.answer(lostAfter({}));
    script.answer(lostAfter({}));
    Bench bench(script);
    bench.controller.load({});
    const JobId lost = bench.controller.submit(tasks::requestTask(words("1")));
    const JobId next = bench.controller.submit(tasks::requestTask(words("2")));
    ASSERT_TRUE(bench.waitForEnd(next));
    EXPECT_EQ(bench.errors[lost].first, ErrorCode::DeviceLost);
    EXPECT_EQ(bench.errors[next].first, ErrorCode::InvalidArgument);
    EXPECT_EQ(bench.unloaded, 1);
    EXPECT_FALSE(bench.controller.info().has_value());
    EXPECT_EQ(script.alive, 0);
    bench.controller.load({});
    ASSERT_TRUE(bench.waitForReady());
    EXPECT_EQ(script.alive, 1);
}

TEST(EngineController, GivesUpAModelThatCannotBeLoadedAgain) {
    FakeEngineScript script;
    script.answer(lostAfter({"Once"}));
    int loads = 0;
    Bench bench(
        [&](const EngineOptions&, const auto&, const std::stop_token&) -> std::unique_ptr<Engine> {
            if (++loads > 1) {
                throw Error(ErrorCode::NoDevice, "there is no device");
            }
            return std::make_unique<FakeEngine>(script);
        });
    bench.controller.load({});
    const JobId job = bench.controller.submit(tasks::requestTask(words("1")));
    ASSERT_TRUE(bench.waitForEnd(job));
    EXPECT_EQ(bench.errors[job].first, ErrorCode::DeviceLost);
    EXPECT_THAT(bench.errors[job].second.toStdString(), HasSubstr("there is no device"));
    EXPECT_EQ(bench.unloaded, 1);
    EXPECT_EQ(script.alive, 0);
}

TEST(EngineController, TellsWhyALoadFailed) {
    Bench bench(
        [](const EngineOptions&, const auto&, const std::stop_token&) -> std::unique_ptr<Engine> {
            throw Error(ErrorCode::BadCheckpoint, "model.safetensors is cut short");
        });
    bench.controller.load({});
    ASSERT_TRUE(bench.waitForReady());
    EXPECT_EQ(bench.loadError, ErrorCode::BadCheckpoint);
    EXPECT_FALSE(bench.controller.info().has_value());
}

TEST(EngineController, ReplacesARunningLoadAndFreesTheOldModelFirst) {
    FakeEngineScript script;
    std::atomic<int> loads = 0;
    Bench bench([&](const EngineOptions& options, const auto&,
                    const std::stop_token& stop) -> std::unique_ptr<Engine> {
        ++loads;
        EXPECT_EQ(script.alive, 0); // two models do not fit one device
        while (options.contextTokens == 1 && !stop.stop_requested()) {
            std::this_thread::yield();
        }
        if (stop.stop_requested()) {
            throw Error(ErrorCode::Cancelled, "stopped");
        }
        return std::make_unique<FakeEngine>(script);
    });
    bench.controller.load({});
    ASSERT_TRUE(bench.waitForReady());
    bench.controller.load({.contextTokens = 1}); // never ends by itself
    ASSERT_TRUE(spinUntil([&] { return loads == 2; }));
    bench.controller.load({.contextTokens = 2});
    ASSERT_TRUE(spinUntil([&] { return loads == 3 && bench.controller.info().has_value(); }));
    EXPECT_EQ(bench.loadError, ErrorCode::Cancelled);
    EXPECT_EQ(script.alive, 1);
    bench.controller.unload();
    ASSERT_TRUE(spinUntil([&] { return bench.unloaded == 2; }));
    EXPECT_EQ(script.alive, 0);
}

TEST(EngineController, ALoadThatIsStoppedBeforeItBeginsIsToldAndLeavesTheOldModel) {
    FakeEngineScript script;
    script.answer({.pieces = {"on "}, .untilStopped = true});
    Bench bench(script);
    bench.controller.load({});
    ASSERT_TRUE(bench.waitForReady());
    const JobId job = bench.controller.submit(tasks::requestTask(words("1")));
    ASSERT_TRUE(spinUntil([&] { return script.generating == 1; }));
    bench.controller.load({.contextTokens = 1});
    bench.controller.stopAll();
    ASSERT_TRUE(bench.waitForEnd(job));
    ASSERT_TRUE(spinUntil([&] { return bench.loadError.has_value(); }));
    EXPECT_EQ(bench.loadError, ErrorCode::Cancelled);
    EXPECT_TRUE(bench.controller.info().has_value());
    EXPECT_EQ(bench.unloaded, 0);
    EXPECT_EQ(script.alive, 1);
}

TEST(EngineController, CountsTokensWithTheLoadedModel) {
    FakeEngineScript script;
    Bench bench(script);
    bench.controller.load({});
    const JobId job = bench.controller.submit(tasks::requestTask(words("1")));
    int counted = 0;
    bench.controller.count([](const Engine& engine) { return engine.textTokens("four"); },
                           [&](int number) { counted = number; });
    ASSERT_TRUE(bench.waitForEnd(job));
    ASSERT_TRUE(spinUntil([&] { return counted != 0; }));
    EXPECT_EQ(counted, 4);
}

TEST(EngineControllerTest, WhoSpeaksComesBeforeWhoReadsAndBothBeforeTheQueue) {
    FakeEngineScript script;
    Bench bench(script);
    bench.controller.load({});
    ASSERT_TRUE(bench.waitForReady());
    std::promise<void> begun;
    std::promise<void> queued; // the first job runs until all others are there
    std::vector<std::string> ran;
    const auto task = [&](const std::string& name) {
        return [&, name](Engine&, const GenerationEvents&, std::stop_token) {
            ran.push_back(name);
            return tasks::TaskResult();
        };
    };
    bench.controller.submit(
        [&](Engine&, const GenerationEvents&, std::stop_token) {
            begun.set_value();
            queued.get_future().wait();
            return tasks::TaskResult();
        },
        Urgency::Background);
    begun.get_future().wait();
    bench.controller.submit(task("meeting"), Urgency::Background);
    bench.controller.submit(task("question"), Urgency::Chat);
    bench.controller.submit(task("dictation"), Urgency::Dictation);
    bench.controller.submit(task("another question"), Urgency::Chat);
    bench.controller.load({}); // nothing may pass a change of the model
    const JobId last = bench.controller.submit(task("after"), Urgency::Dictation);
    queued.set_value();
    ASSERT_TRUE(bench.waitForEnd(last));
    EXPECT_THAT(ran, ElementsAre("dictation", "question", "another question", "meeting", "after"));
}

} // namespace
} // namespace phial::app
