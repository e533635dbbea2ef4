// SPDX-License-Identifier: MIT
// The list of long work on meetings.
#include "app/meetings/pipeline/job_queue.h"
#include "inference/base/error.h"
#include "tests/meetings/answering_engine.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace phial::meetings {
namespace {

/// Work that takes a number of steps.
class CountedJob final : public Job {
public:
    CountedJob(int steps, std::vector<std::string>& log, std::string name, const bool& lost)
        : m_steps(steps)
        , m_log(log)
        , m_name(std::move(name))
        , m_lost(lost) {}

    StepResult step(Engine&, std::stop_token stop) override {
        if (stop.stop_requested()) {
            return StepResult::Stopped;
        }
        if (m_name == "broken") {
            throw Error(ErrorCode::BadMedia, "The file is damaged.");
        }
        if (m_name == "lost" && m_lost) {
            throw Error(ErrorCode::DeviceLost, "The driver restarted.");
        }
        m_log.push_back(m_name);
        return --m_steps > 0 ? StepResult::More : StepResult::Done;
    }

    JobProgress progress() const override { return {.done = 1, .total = 2, .speed = 12}; }

private:
    int m_steps;
    std::vector<std::string>& m_log;
    std::string m_name;
    const bool& m_lost; ///< whether the device is
};

class Queue : public testing::Test {
protected:
    JobState stateOf(JobNumber number) const {
        for (const JobView& view : m_queue.list()) {
            if (view.number == number) {
                return view.state;
            }
        }
        return JobState::Cancelled;
    }

    void runAll() {
        while (m_queue.runStep(m_engine, {})) {
        }
    }

    std::vector<std::string> m_log;
    int m_changes = 0;
    bool m_lost = true; ///< the device of a job "lost"
    AnsweringEngine m_engine{[](const Request&) { return ""; }};
    JobQueue m_queue{[this](const JobSpec& spec) {
                         return std::make_unique<CountedJob>(2, m_log, spec.meeting, m_lost);
                     },
                     [this](const JobView&) { ++m_changes; }};
};

TEST_F(Queue, WorksInOrderAndASecondJobDoesNotEndTheFirst) {
    m_queue.add({.meeting = "a"});
    EXPECT_TRUE(m_queue.runStep(m_engine, {}));
    const JobNumber second = m_queue.add({.meeting = "b"});
    const JobNumber third = m_queue.add({.meeting = "c"});
    m_queue.move(third, 1);
    runAll();
    EXPECT_EQ(m_log, (std::vector<std::string>{"a", "a", "c", "c", "b", "b"}));
    EXPECT_EQ(stateOf(second), JobState::Done);
    EXPECT_GT(m_changes, 6);
}

TEST_F(Queue, PausesCancelsAndRetries) {
    const JobNumber a = m_queue.add({.meeting = "a"});
    const JobNumber b = m_queue.add({.meeting = "b"});
    const JobNumber broken = m_queue.add({.meeting = "broken"});
    m_queue.runStep(m_engine, {});
    m_queue.pause(a);
    m_queue.cancel(b);
    runAll();
    EXPECT_EQ(m_log, std::vector<std::string>{"a"});
    EXPECT_EQ(stateOf(a), JobState::Paused);
    EXPECT_EQ(stateOf(b), JobState::Cancelled);
    EXPECT_EQ(stateOf(broken), JobState::Failed);
    EXPECT_EQ(m_queue.list()[2].problem, "The file is damaged.");
    m_queue.resume(a);
    m_queue.retry(b);
    m_queue.forget(broken);
    runAll();
    EXPECT_EQ(m_log, (std::vector<std::string>{"a", "a", "b", "b"}));
    EXPECT_EQ(m_queue.list().size(), 2U);
}

TEST_F(Queue, ALostDeviceIsToldAndTheJobGoesOnWithTheNextEngine) {
    const JobNumber job = m_queue.add({.meeting = "lost"});
    for (int time = 0; time < 2; ++time) {
        EXPECT_THROW(m_queue.runStep(m_engine, {}), Error);
        EXPECT_EQ(stateOf(job), time == 0 ? JobState::Waiting : JobState::Failed);
    }
    EXPECT_EQ(m_queue.list()[0].problem, "The driver restarted.");
    m_queue.retry(job);
    EXPECT_THROW(m_queue.runStep(m_engine, {}), Error);
    m_lost = false;
    runAll();
    EXPECT_EQ(stateOf(job), JobState::Done);
    EXPECT_EQ(m_log, (std::vector<std::string>{"lost", "lost"}));
}

TEST_F(Queue, AnUrgentStopLeavesTheJobWaiting) {
    const JobNumber a = m_queue.add({.meeting = "a"});
    std::stop_source stop;
    m_queue.runStep(m_engine, stop.get_token());
    stop.request_stop();
    EXPECT_FALSE(m_queue.runStep(m_engine, stop.get_token()));
    runAll();
    EXPECT_EQ(stateOf(a), JobState::Done);
}

TEST_F(Queue, TheSpeedOfTheLastTranscriptionIsKnownAtTheNextStart) {
    EXPECT_EQ(m_queue.lastSpeed(""), 0);
    m_queue.add({.kind = JobKind::Translate, .meeting = "a"});
    runAll();
    EXPECT_EQ(m_queue.lastSpeed(""), 0) << "lines a second are something else";
    m_queue.add({.meeting = "b"});
    runAll();
    JobQueue next([](const JobSpec&) { return std::unique_ptr<Job>(); }, {});
    next.load(m_queue.save());
    EXPECT_EQ(next.lastSpeed(""), 12);
    EXPECT_EQ(next.lastSpeed("answering"), 12);
    EXPECT_EQ(next.lastSpeed("another model"), 0);
    next.load("{\"jobs\": [], \"speed\": \"fast\", \"speed_model\": 7}");
    EXPECT_EQ(next.lastSpeed(""), 12);
    EXPECT_TRUE(next.list().empty());
}

TEST_F(Queue, SurvivesARestart) {
    const JobSpec part{.kind = JobKind::Summarize,
                       .meeting = "a",
                       .language = "German",
                       .detail = "x",
                       .lines = {3},
                       .part = "## Plans"};
    m_queue.add(part);
    m_queue.add({.meeting = "done"});
    m_queue.move(2, 0);
    m_queue.runStep(m_engine, {});
    m_queue.runStep(m_engine, {});
    const JobNumber paused = m_queue.add({.meeting = "p"});
    m_queue.pause(paused);
    m_queue.runStep(m_engine, {}); // "a" has begun
    JobQueue next([](const JobSpec&) { return std::unique_ptr<Job>(); }, {});
    next.load(m_queue.save());
    const std::vector<JobView> jobs = next.list();
    ASSERT_EQ(jobs.size(), 2U);
    EXPECT_EQ(jobs[0].spec, part);
    EXPECT_EQ(jobs[0].state, JobState::Waiting);
    EXPECT_EQ(jobs[1].state, JobState::Paused);
    for (const char* garbage : {"", "{", "[]", "{\"jobs\": [7, {\"kind\": \"x\"}]}"}) {
        next.load(garbage);
    }
    EXPECT_EQ(next.list().size(), 2U);
}

} // namespace
} // namespace phial::meetings
