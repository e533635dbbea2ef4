// SPDX-License-Identifier: MIT
// Summaries in the whole program: edited, kept, made again in part.
#include "app/meetings/meeting_store.h"
#include "tests/ui/meeting_session_fixture.h"
#include "ui/meeting/export_dialog.h"
#include "ui/meeting/queue_dialog.h"
#include "ui/meeting/summary_editor.h"
#include "ui/meeting/summary_panel.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QListView>
#include <QPushButton>

#include <gtest/gtest.h>

#include <filesystem>

namespace phial::app {
namespace {

/// A meeting of two lines on the page, with its minutes.
class SummarySessionTest : public MeetingSessionTest {
protected:
    bool summarizeMeeting() {
        start();
        const bool there = importMeeting(2);
        m_says = "## Money\n- We talk about budget number 1 [1]\n## Plans\n- Nobody said this";
        Q_EMIT page().summaryRequested(
            {.name = QStringLiteral("minutes"), .own = {}, .language = {}});
        return there && waitFor([&] { return !page().meeting().summaries.isEmpty(); });
    }

    ui::SummaryView minutes() {
        return page().meeting().summaries.isEmpty() ? ui::SummaryView()
                                                    : page().meeting().summaries.first();
    }

    bool waitForText(const QString& text) {
        return waitFor([&] { return minutes().text == text; });
    }

    /// Has "Plans" made again.
    void wishPlans() {
        Q_EMIT page().summaryPartRequested(
            {.name = minutes().name, .part = minutes().parts.value(2)});
    }

    const QString m_made = QStringLiteral("## Money\n- We talk about budget number 1\n\n"
                                          "## Plans\n- Nobody said this\n");
};

TEST_F(SummarySessionTest, AnEditedSummaryOutlivesTheProgramAndBeingMadeAgain) {
    ASSERT_TRUE(summarizeMeeting());
    ASSERT_EQ(minutes().text, m_made);
    const QString id = page().meeting().id;
    const QString mine = QString(m_made).replace(QStringLiteral("Nobody said this"),
                                                 QStringLiteral("We rest in May"));
    Q_EMIT page().summaryEdited(id, minutes().name, mine);
    ASSERT_TRUE(waitForText(mine));
    EXPECT_TRUE(minutes().edited);
    const QString markdown = minutes().markdown;
    EXPECT_TRUE(markdown.contains(QStringLiteral("- We rest in May *(changed by you)*")))
        << markdown.toStdString();
    EXPECT_FALSE(markdown.contains(QStringLiteral("no source found"))) << markdown.toStdString();
    EXPECT_TRUE(markdown.contains(QStringLiteral("number 1 [0:02](#t=2)\n")))
        << markdown.toStdString();

    m_application.reset();
    start();
    Q_EMIT window().meetingOpened(id);
    ASSERT_TRUE(waitForText(mine));
    EXPECT_TRUE(minutes().edited);
    Q_EMIT page().summaryRequested({.name = QStringLiteral("minutes"), .own = {}, .language = {}});
    ASSERT_TRUE(waitForText(m_made));
    EXPECT_FALSE(minutes().edited);
    ASSERT_EQ(minutes().versions.size(), 2);
    EXPECT_TRUE(minutes().versions.first().label.startsWith(QStringLiteral("Changed by you")));
    Q_EMIT page().summaryVersionChosen(id, minutes().name, minutes().versions.first().number);
    ASSERT_TRUE(waitForText(mine));
}

TEST_F(SummarySessionTest, WhatIsInTheEditorWhenTheProgramEndsIsKept) {
    ASSERT_TRUE(summarizeMeeting());
    window().showPage(ui::MainWindow::Page::Meeting);
    page().showTab(ui::MeetingPage::Tab::Summary);
    const QString id = page().meeting().id;
    page().findChild<ui::SummaryPanel*>()->edit();
    page().findChild<ui::SummaryEditor*>()->setPlainText(QStringLiteral("- Mine"));
    window().close();
    m_application.reset();
    start();
    Q_EMIT window().meetingOpened(id);
    EXPECT_TRUE(waitForText(QStringLiteral("- Mine\n")));
}

TEST_F(SummarySessionTest, WhatCannotBeSavedGoesBackIntoTheEditor) {
    ASSERT_TRUE(summarizeMeeting());
    const meetings::MeetingStore store(path("data") / "meetings");
    const std::filesystem::path file = store.list().front().folder / "summary-minutes.json";
    std::filesystem::remove(file);
    std::filesystem::create_directory(file);
    Q_EMIT page().summaryEdited(page().meeting().id, minutes().name, QStringLiteral("- Mine\n"));
    auto* editor = page().findChild<ui::SummaryEditor*>();
    ASSERT_TRUE(waitFor([&] { return editor->toPlainText() == QStringLiteral("- Mine\n"); }));
    EXPECT_TRUE(says(QStringLiteral("The summary could not be saved.")));
}

TEST_F(SummarySessionTest, IsExportedAsItIs) {
    ASSERT_TRUE(summarizeMeeting());
    const QString mine = m_made + QStringLiteral("- Mine\n");
    Q_EMIT page().summaryEdited(page().meeting().id, minutes().name, mine);
    ASSERT_TRUE(waitForText(mine));
    Q_EMIT page().summaryExportRequested(minutes().name);
    auto* dialog = window().findChild<ui::ExportDialog*>();
    ASSERT_NE(dialog, nullptr);
    QStringList formats;
    for (QComboBox* box : dialog->findChildren<QComboBox*>()) {
        for (int i = 0; box->accessibleName() == QStringLiteral("Format") && i < box->count();
             ++i) {
            formats.append(box->itemText(i));
        }
        if (box->accessibleName() == QStringLiteral("What is exported")) {
            EXPECT_EQ(box->currentText(), QStringLiteral("Summary: Minutes"));
        }
    }
    EXPECT_EQ(formats.size(), 4) << formats.join(u' ').toStdString();
    EXPECT_FALSE(formats.contains(QStringLiteral("Subtitles (SRT)")));
    QGuiApplication::clipboard()->clear();
    for (QPushButton* button : dialog->findChildren<QPushButton*>()) {
        if (button->text() == QStringLiteral("Copy")) {
            button->click();
        }
    }
    ASSERT_TRUE(waitFor([] { return !QGuiApplication::clipboard()->text().isEmpty(); }));
    EXPECT_TRUE(QGuiApplication::clipboard()->text().contains(
        QStringLiteral("- We talk about budget number 1 [0:02]\n")))
        << QGuiApplication::clipboard()->text().toStdString();
    EXPECT_TRUE(QGuiApplication::clipboard()->text().endsWith(QStringLiteral("- Mine\n")));
}

TEST_F(SummarySessionTest, APartIsMadeAgainInTheQueue) {
    ASSERT_TRUE(summarizeMeeting());
    m_says = "- We talk about budget number 2 [2]";
    wishPlans();
    ASSERT_TRUE(waitForText(QString(m_made).replace(
        QStringLiteral("Nobody said this"), QStringLiteral("We talk about budget number 2"))));
    EXPECT_EQ(minutes().versions.size(), 1);
}

TEST_F(SummarySessionTest, APartThatIsCancelledOrFailsStaysAsItWas) {
    ASSERT_TRUE(summarizeMeeting());
    auto* panel = page().findChild<ui::SummaryPanel*>();
    const auto* queue = window().queueDialog().findChild<QListView*>()->model();
    const auto item = [queue] {
        return queue->index(0, 0).data(Qt::UserRole + 1).value<ui::QueueItem>();
    };
    m_hold = true;
    wishPlans();
    ASSERT_TRUE(waitFor([&] { return queue->rowCount() == 1; }));
    EXPECT_TRUE(item().text.contains(QStringLiteral("part of the summary")))
        << item().text.toStdString();
    EXPECT_TRUE(says(QStringLiteral("A part is made again")));
    Q_EMIT panel->cancelRequested();
    ASSERT_TRUE(waitFor([&] { return item().state == ui::QueueItem::State::Cancelled; }));
    m_says = " "; // nothing usable
    m_hold = false;
    wishPlans();
    ASSERT_TRUE(waitFor([&] { return says(QStringLiteral("what was there is kept")); }));
    EXPECT_EQ(minutes().text, m_made);
    EXPECT_TRUE(minutes().versions.isEmpty());
}

} // namespace
} // namespace phial::app
