// SPDX-License-Identifier: MIT
// The shipped samples in the whole program, with an engine that answers whatever it is asked.
#include "app/samples/samples.h"
#include "tests/meetings/answering_engine.h"
#include "tests/support/source_root.h"
#include "tests/ui/fixtures.h"
#include "tests/ui/program_fixture.h"
#include "ui/meeting/meeting_page.h"

#include <QCoreApplication>
#include <QPushButton>

#include <atomic>
#include <mutex>

namespace phial::app {
namespace {

using samples::Kind;
using ui::test::waitFor;

class SamplesSessionTest : public ProgramTest<> {
protected:
    void SetUp() override {
        WindowServices all = services([this](const EngineOptions&, const auto&, std::stop_token) {
            auto engine = std::make_unique<meetings::AnsweringEngine>([this](const Request& asked) {
                const std::scoped_lock lock(m_mutex);
                m_asked.push_back(asked.messages.back());
                return std::string("- We decided to wait.");
            });
            engine->hears = engine->sees = true;
            return engine;
        });
        all.resources = test::sourceRoot() / "resources";
        run(std::move(all));
        QCoreApplication::processEvents();
    }

    std::vector<Message> asked() {
        const std::scoped_lock lock(m_mutex);
        return m_asked;
    }

    /// Clicks the card of the first sample of that kind.
    void click(Kind kind) {
        for (std::size_t i = 0; i < m_samples.size(); ++i) {
            if (m_samples[i].kind == kind) {
                m_sample = m_samples[i];
                Q_EMIT window().sampleRequested(QString::number(i));
                return;
            }
        }
        FAIL() << "no sample of this kind is shipped";
    }

    std::vector<samples::Sample> m_samples =
        samples::readSamples(test::sourceRoot() / "resources/samples");
    samples::Sample m_sample;
    std::mutex m_mutex;
    std::vector<Message> m_asked;
};

TEST_F(SamplesSessionTest, EachHasItsCard) {
    const auto buttons = window().findChildren<QPushButton*>();
    const auto shown = [&buttons](const QString& words) {
        return std::any_of(buttons.begin(), buttons.end(), [&words](const QPushButton* button) {
            return button->accessibleName().contains(words);
        });
    };
    EXPECT_TRUE(shown(QStringLiteral("Write down a short meeting")));
    EXPECT_TRUE(shown(QStringLiteral("Read a picture of text")));
    EXPECT_TRUE(shown(QStringLiteral("Translate speech into")));
}

TEST_F(SamplesSessionTest, APageIsAskedAboutInWriting) {
    click(Kind::Page);
    ASSERT_TRUE(waitFor([&] { return asked().size() == 1; }));
    EXPECT_EQ(asked()[0].images.size(), 1U);
    EXPECT_EQ(asked()[0].text, m_sample.question);
}

TEST_F(SamplesSessionTest, ASentenceIsTranslated) {
    click(Kind::Sentence);
    ASSERT_TRUE(waitFor([&] { return asked().size() == 1; }));
    EXPECT_EQ(asked()[0].clips.size(), 1U);
    EXPECT_NE(asked()[0].text.find(m_sample.languages.front()), std::string::npos);
}

TEST_F(SamplesSessionTest, AMeetingIsImportedOnceAndWrittenDown) {
    click(Kind::Meeting);
    ui::MeetingPage& page = window().meetingPage();
    ASSERT_TRUE(waitFor([&] { return page.meeting().state == ui::TranscriptState::Done; }));
    EXPECT_EQ(page.meeting().title, QString::fromStdString(m_sample.title));
    const std::size_t work = asked().size();
    window().showPage(ui::MainWindow::Page::Chat);
    ASSERT_FALSE(page.isVisible());
    click(Kind::Meeting);
    ASSERT_TRUE(waitFor([&] { return page.isVisible(); }));
    EXPECT_EQ(meetings::MeetingStore(path("data") / "meetings").list().size(), 1U);
    EXPECT_EQ(asked().size(), work);
}

} // namespace
} // namespace phial::app
