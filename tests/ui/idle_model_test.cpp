// SPDX-License-Identifier: MIT
// The model gives its memory back when nobody uses it, and is there again when somebody does.
#include "app/composition/idle_model.h"
#include "tests/app/fake_engine.h"
#include "tests/app/spin_until.h"
#include "tests/meetings/answering_engine.h"
#include "tests/ui/fixtures.h"
#include "tests/ui/program_fixture.h"
#include "ui/meeting/meeting_page.h"
#include "ui/meeting/transcript_view.h"
#include "ui/pages/settings_page.h"

#include <QLabel>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <future>
#include <thread>

namespace phial::app {
namespace {

using namespace std::chrono_literals;
using phial::test::spinUntil;

class IdleModelTest : public testing::Test {
protected:
    bool load() {
        m_engine.load({});
        return spinUntil([this] { return m_engine.info().has_value(); });
    }

    FakeEngineScript m_script;
    EngineController m_engine{[this](const EngineOptions&, const auto&, std::stop_token) {
        return std::make_unique<FakeEngine>(m_script);
    }};
};

TEST_F(IdleModelTest, FreesTheModelAfterTheMinutesAndTellsOnceThatItIsWanted) {
    IdleModel idle(m_engine, 1ms);
    QSignalSpy rested(&idle, &IdleModel::rested);
    QSignalSpy wanted(&idle, &IdleModel::wanted);
    idle.setMinutes(1);
    ASSERT_TRUE(load());
    ASSERT_TRUE(spinUntil([&] { return rested.count() == 1; }));
    EXPECT_EQ(m_script.alive, 0);
    EXPECT_TRUE(idle.resting());
    EXPECT_EQ(wanted.count(), 0);
    idle.use();
    idle.use();
    EXPECT_EQ(wanted.count(), 1) << "it is being loaded by now";
    EXPECT_FALSE(idle.resting());
}

TEST_F(IdleModelTest, WhoIsAboutToAskIsToldBeforeTheJobIsQueued) {
    IdleModel idle(m_engine, 1h);
    QObject::connect(&idle, &IdleModel::wanted, &m_engine, [this] { m_engine.load({}); });
    idle.setMinutes(1);
    ASSERT_TRUE(load());
    idle.rest(); // the engine's thread may free it before or after what follows
    std::optional<ErrorCode> failure;
    bool done = false;
    QObject::connect(&m_engine, &EngineController::failed, &m_engine,
                     [&](JobId, ErrorCode code, const QString&) { failure = code; });
    QObject::connect(&m_engine, &EngineController::finished, &m_engine, [&] { done = true; });
    Request request;
    request.messages.push_back({.role = Role::User, .text = "Hello"});
    m_engine.submit(tasks::requestTask(request));
    ASSERT_TRUE(spinUntil([&] { return done || failure; }));
    EXPECT_FALSE(failure);
    EXPECT_EQ(m_script.alive, 1);
}

TEST_F(IdleModelTest, NeverFreesAModelThatWorks) {
    IdleModel idle(m_engine, 1h);
    QSignalSpy rested(&idle, &IdleModel::rested);
    idle.setMinutes(1);
    m_script.answer({.pieces = {"on and on"}, .untilStopped = true});
    ASSERT_TRUE(load());
    EXPECT_TRUE(idle.waiting());
    Request request;
    request.messages.push_back({.role = Role::User, .text = "Hello"});
    QSignalSpy started(&m_engine, &EngineController::started);
    QSignalSpy finished(&m_engine, &EngineController::finished);
    const JobId job = m_engine.submit(tasks::requestTask(request));
    ASSERT_TRUE(spinUntil([&] { return started.count() == 1; }));
    EXPECT_FALSE(idle.waiting());
    idle.rest();
    EXPECT_FALSE(idle.resting());
    m_engine.stop(job);
    ASSERT_TRUE(spinUntil([&] { return finished.count() == 1; }));
    EXPECT_TRUE(idle.waiting()) << "the minutes begin anew";
    idle.setMinutes(0);
    EXPECT_FALSE(idle.waiting()) << "never means never";
    EXPECT_EQ(rested.count(), 0);
}

TEST_F(IdleModelTest, ALoadThatIsStoppedBeforeTheModelHasGoneLeavesOneThatRests) {
    IdleModel idle(m_engine, 1h);
    QObject::connect(&idle, &IdleModel::wanted, &m_engine, [this] { m_engine.load({}); });
    QSignalSpy rested(&idle, &IdleModel::rested);
    QSignalSpy wanted(&idle, &IdleModel::wanted);
    idle.setMinutes(1);
    ASSERT_TRUE(load());
    m_script.answer({.pieces = {"on and on"}, .untilStopped = true});
    Request request;
    request.messages.push_back({.role = Role::User, .text = "Hello"});
    m_engine.submit(tasks::requestTask(request));
    idle.rest(); // told to go behind the job, of whose begin nothing has been told here
    idle.use();
    ASSERT_EQ(wanted.count(), 1);
    m_engine.stopAll();
    ASSERT_TRUE(spinUntil([&] { return rested.count() == 1; })) << "it went all the same";
    EXPECT_TRUE(idle.resting());
    idle.use();
    EXPECT_EQ(wanted.count(), 2);
    EXPECT_TRUE(spinUntil([this] { return m_script.alive == 1; }));
}

TEST_F(IdleModelTest, AModelThatIsComingIsNotSentAway) {
    IdleModel idle(m_engine, 1h);
    QObject::connect(&idle, &IdleModel::wanted, &m_engine, [this] { m_engine.load({}); });
    QSignalSpy ready(&m_engine, &EngineController::ready);
    QSignalSpy finished(&m_engine, &EngineController::finished);
    QSignalSpy failed(&m_engine, &EngineController::failed);
    idle.setMinutes(1);
    ASSERT_TRUE(load());
    m_script.answer({.pieces = {"on and on"}, .untilStopped = true});
    Request request;
    request.messages.push_back({.role = Role::User, .text = "Hello"});
    const JobId first = m_engine.submit(tasks::requestTask(request));
    while (m_script.requests().empty()) { // it runs, and what it tells waits for the event loop
        std::this_thread::yield();
    }
    idle.rest(); // behind the job, of whose begin nothing has been told here
    idle.use();
    idle.rest(); // the old model is still there, the new one is on its way
    m_engine.stop(first);
    ASSERT_TRUE(spinUntil([&] { return ready.count() == 2; }));
    m_engine.submit(tasks::requestTask(request));
    ASSERT_TRUE(spinUntil([&] { return finished.count() + failed.count() == 2; }));
    EXPECT_EQ(failed.count(), 0);
    EXPECT_EQ(m_script.alive, 1);
}

class RestingProgram : public ProgramTest<> {
protected:
    void start(std::chrono::milliseconds minute, int minutes = 1) {
        std::ofstream(path("settings.conf")) << "unload-minutes = " << minutes << '\n';
        WindowServices parts = services(
            [this](const EngineOptions&, const auto&, std::stop_token) -> std::unique_ptr<Engine> {
                ++m_loads;
                return std::make_unique<meetings::AnsweringEngine>([this](const Request& request) {
                    m_answering = true;
                    if (m_wait.valid()) {
                        m_wait.wait();
                    }
                    return request.messages.back().clips.empty() ? std::string("An answer.")
                                                                 : std::string("We talk.");
                });
            });
        parts.idleMinute = minute;
        run(std::move(parts));
    }

    bool chipSays(const QString& words) {
        const auto buttons = window().findChildren<QToolButton*>();
        return std::any_of(buttons.begin(), buttons.end(), [&](const QToolButton* button) {
            return button->accessibleName() == QStringLiteral("Device: ") + words;
        });
    }

    bool rests() {
        return ui::test::waitFor([this] { return chipSays(QStringLiteral("Model at rest")); });
    }

    /// The chip names a device then.
    bool loaded() {
        return ui::test::waitFor([this] { return !chipSays(QStringLiteral("Loading…")); }) &&
               !chipSays(QStringLiteral("Not loaded")) &&
               !chipSays(QStringLiteral("No model loaded"));
    }

    void ask() {
        Q_EMIT window().submitted({.text = QStringLiteral("Hello"),
                                   .attachments = {},
                                   .action = ui::Action::Ask,
                                   .language = {},
                                   .editsMessage = {}});
    }

    bool answered() {
        return ui::test::waitFor([this] {
            window().conversation().flush();
            QAbstractItemModel* turns = window().conversation().model();
            return turns->rowCount() == 2 &&
                   turns->index(1, 0).data(ui::TextRole).toString() == QStringLiteral("An answer.");
        });
    }

    std::atomic<int> m_loads{0};
    std::atomic<bool> m_answering{false};
    std::shared_future<void> m_wait; ///< answers come after it; set before a question is asked
};

TEST_F(RestingProgram, AQuestionWakesTheModelAndIsAnswered) {
    start(1ms);
    ASSERT_TRUE(rests());
    EXPECT_EQ(m_loads, 1);
    ask();
    ASSERT_TRUE(answered());
    EXPECT_EQ(m_loads, 2);
    EXPECT_TRUE(rests()) << "and it rests again";
}

TEST_F(RestingProgram, TypingWakesTheModelBeforeTheQuestionIsSent) {
    start(1h);
    ASSERT_TRUE(loaded());
    Q_EMIT window().modelRestRequested();
    ASSERT_TRUE(rests());
    EXPECT_EQ(m_loads, 1);
    QTest::keyClicks(window().composer().findChild<QPlainTextEdit*>(), QStringLiteral("H"));
    EXPECT_TRUE(chipSays(QStringLiteral("Loading…"))) << "it is told at once";
    ASSERT_TRUE(loaded());
    EXPECT_EQ(m_loads, 2);
}

TEST_F(RestingProgram, TheMinutesAreChosenInTheSettings) {
    start(1ms, 0);
    ASSERT_TRUE(loaded()) << "never means never";
    Q_EMIT window().settingsPage().changed(static_cast<int>(settings::Key::UnloadMinutes),
                                           QStringLiteral("5"));
    EXPECT_TRUE(rests());
}

TEST_F(RestingProgram, AModelAtWorkStaysAndThatIsSaid) {
    start(1h);
    ASSERT_TRUE(loaded());
    std::promise<void> goOn;
    m_wait = goOn.get_future().share();
    ask();
    ASSERT_TRUE(ui::test::waitFor([this] { return m_answering.load(); }));
    QCoreApplication::processEvents(); // the begin was posted before the answer began
    Q_EMIT window().modelRestRequested();
    const auto labels = window().findChildren<QLabel*>();
    EXPECT_TRUE(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
        return label->text().contains(QStringLiteral("The model is at work"));
    }));
    goOn.set_value();
    EXPECT_TRUE(answered());
    EXPECT_EQ(m_loads, 1);
}

TEST_F(RestingProgram, AMeetingIsWrittenDownAlthoughTheModelRestsAgainAndAgain) {
    start(1ms);
    ASSERT_TRUE(rests());
    Q_EMIT window().importRequested({wavOf(3)});
    ui::MeetingPage& page = window().meetingPage();
    EXPECT_TRUE(ui::test::waitFor([&] {
        return page.meeting().state == ui::TranscriptState::Done &&
               page.transcript().model()->rowCount() == 3;
    }));
}

} // namespace
} // namespace phial::app
