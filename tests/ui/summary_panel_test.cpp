// SPDX-License-Identifier: MIT
// The summary of a meeting: read, edited, made again in part.
#include "tests/ui/meeting_fixtures.h"
#include "ui/meeting/summary_editor.h"
#include "ui/meeting/summary_panel.h"
#include "ui/meeting/timed_text.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QTextBlock>
#include <QToolButton>

#include <gtest/gtest.h>

#include <algorithm>

namespace phial::ui {
namespace {

class SummaryPanelTest : public testing::Test {
protected:
    SummaryPanelTest() {
        m_meeting.summaries.first().versions = {
            {.number = 7, .label = QStringLiteral("Made yesterday")}};
        m_panel.setMeeting(m_meeting);
        m_panel.resize(320, 600);
        m_panel.show();
        m_panel.activateWindow();
        QCoreApplication::processEvents();
    }

    SummaryEditor& editor() { return *m_panel.findChild<SummaryEditor*>(); }

    TimedText& text() { return *m_panel.findChild<TimedText*>(); }

    QPushButton* button(const char* name) {
        for (QPushButton* one : m_panel.findChildren<QPushButton*>()) {
            const QString words =
                one->accessibleName().isEmpty() ? one->text() : one->accessibleName();
            if (words == QLatin1String(name)) {
                return one;
            }
        }
        ADD_FAILURE() << "no button " << name;
        return nullptr;
    }

    bool reads(const QString& words) {
        const auto labels = m_panel.findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&words](const QLabel* label) {
            return label->isVisible() && label->text().contains(words);
        });
    }

    /// Entries of the menu that is open.
    QMenu* menu() { return qobject_cast<QMenu*>(QApplication::activePopupWidget()); }

    static QAction* entry(QMenu* menu, const QString& words) {
        const QList<QAction*> entries = menu == nullptr ? QList<QAction*>() : menu->actions();
        for (QAction* one : entries) {
            if (one->text().contains(words)) {
                return one;
            }
        }
        return nullptr;
    }

    /// Puts the cursor into the paragraph that begins with these words, and asks for its menu as
    /// the keyboard does.
    QMenu* menuAt(const QString& words) {
        QTextBlock block = text().document()->begin();
        while (block.isValid() && !block.text().startsWith(words)) {
            block = block.next();
        }
        EXPECT_TRUE(block.isValid()) << words.toStdString();
        text().setTextCursor(QTextCursor(block));
        Q_EMIT text().customContextMenuRequested(text().cursorRect().center());
        return menu();
    }

    MeetingView m_meeting = test::meetingOf(30);
    Theme m_theme;
    SummaryPanel m_panel{m_theme, nullptr};
    QSignalSpy m_edited{&m_panel, &SummaryPanel::edited};
    QSignalSpy m_parts{&m_panel, &SummaryPanel::partRequested};
};

TEST_F(SummaryPanelTest, ShowsEverySentenceWithItsOwnTimesOrItsMark) {
    const QString shown = text().toPlainText();
    EXPECT_TRUE(
        shown.contains(QStringLiteral("by Friday. 0:12 Everybody liked the cake. (no source "
                                      "found)")))
        << shown.toStdString();
}

TEST_F(SummaryPanelTest, WhatHasNoSourceIsMarkedInTheColorOfWarnings) {
    const QTextCursor mark = text().document()->find(QStringLiteral("source found"));
    ASSERT_FALSE(mark.isNull());
    EXPECT_EQ(mark.charFormat().foreground().color(), m_theme.colors().amber);
    const QTextCursor words = text().document()->find(QStringLiteral("liked the cake"));
    EXPECT_NE(words.charFormat().foreground().color(), m_theme.colors().amber);
}

TEST_F(SummaryPanelTest, ALongOneBeginsAtItsTop) {
    m_panel.resize(320, 260);
    QString markdown = m_meeting.summaries.first().markdown;
    for (int i = 0; i < 40; ++i) {
        markdown += QStringLiteral("- Another point\n");
    }
    m_meeting.summaries.first().markdown = markdown;
    m_panel.setMeeting(m_meeting);
    text().setFocus();
    QCoreApplication::processEvents();
    m_panel.resize(340, 270);
    QCoreApplication::processEvents();
    EXPECT_GT(text().verticalScrollBar()->maximum(), 0);
    EXPECT_EQ(text().verticalScrollBar()->value(), 0);

    QWidget around;
    TimedText fresh(m_theme, QStringLiteral("Summary"), &around); // seen before it has its place
    fresh.setText(markdown);
    fresh.setGeometry(0, 0, 296, 0);
    around.resize(320, 260);
    around.show();
    QCoreApplication::processEvents();
    fresh.setGeometry(0, 0, 296, 240);
    QCoreApplication::processEvents();
    const QScrollBar* bar = fresh.verticalScrollBar();
    EXPECT_GT(bar->maximum(), 0);
    EXPECT_EQ(bar->value(), 0);
}

TEST_F(SummaryPanelTest, IsEditedWithoutAMouseAndSaved) {
    text().setFocus();
    QTest::keyClick(&text(), Qt::Key_F2);
    ASSERT_TRUE(m_panel.editing());
    EXPECT_TRUE(editor().hasFocus());
    EXPECT_EQ(editor().toPlainText(), m_meeting.summaries.first().text);
    EXPECT_FALSE(editor().toPlainText().contains(QStringLiteral("#t=")));
    EXPECT_FALSE(text().isVisible());
    editor().moveCursor(QTextCursor::End);
    QTest::keyClicks(&editor(), QStringLiteral("- Mine"));
    QTest::keyClick(&editor(), Qt::Key_Return, Qt::ControlModifier);
    ASSERT_EQ(m_edited.size(), 1);
    EXPECT_EQ(m_edited.first().at(0).toString(), m_meeting.id);
    EXPECT_EQ(m_edited.first().at(1).toString(), QStringLiteral("minutes"));
    EXPECT_EQ(m_edited.first().at(2).toString(),
              m_meeting.summaries.first().text + QStringLiteral("- Mine"));
    EXPECT_FALSE(m_panel.editing());
    EXPECT_TRUE(text().hasFocus());
}

TEST_F(SummaryPanelTest, EscapeGivesUpAndUndoTakesBackWhatWasTyped) {
    m_panel.edit();
    QTest::keyClicks(&editor(), QStringLiteral("nonsense"));
    EXPECT_NE(editor().toPlainText(), m_meeting.summaries.first().text);
    QTest::keySequence(&editor(), QKeySequence(QKeySequence::Undo));
    EXPECT_EQ(editor().toPlainText(), m_meeting.summaries.first().text);
    QTest::keyClicks(&editor(), QStringLiteral("nonsense"));
    QTest::keyClick(&editor(), Qt::Key_Escape);
    EXPECT_FALSE(m_panel.editing());
    EXPECT_TRUE(text().isVisible());
    m_panel.edit();
    EXPECT_EQ(editor().toPlainText(), m_meeting.summaries.first().text);
    button("Save the summary")->click();
    EXPECT_TRUE(m_edited.isEmpty()) << "nothing was changed";
}

TEST_F(SummaryPanelTest, KeepsWhatWasWrittenWhenOneGoesElsewhere) {
    m_panel.edit();
    editor().setPlainText(QStringLiteral("- Mine"));
    m_panel.setStatus(QStringLiteral("Working · 40 %")); // the queue goes on meanwhile
    m_panel.setMeeting(m_meeting);
    EXPECT_EQ(editor().toPlainText(), QStringLiteral("- Mine"));
    MeetingView other = m_meeting;
    other.id = QStringLiteral("another");
    m_panel.setMeeting(other);
    ASSERT_EQ(m_edited.size(), 1);
    EXPECT_EQ(m_edited.first().at(0).toString(), m_meeting.id) << "not of the other one";
    m_panel.edit();
    editor().setPlainText(QStringLiteral("- Mine too"));
    m_panel.hide();
    EXPECT_EQ(m_edited.size(), 2);
}

TEST_F(SummaryPanelTest, TheEditorBeginsInTheLineThatOneIsAt) {
    menuAt(QStringLiteral("Anna sends"))->close();
    m_panel.edit();
    EXPECT_TRUE(editor().textCursor().block().text().startsWith(QStringLiteral("- Anna sends")))
        << editor().textCursor().block().text().toStdString();
}

TEST_F(SummaryPanelTest, APartOrALineCanBeMadeAgain) {
    QMenu* heading = menuAt(QStringLiteral("Decisions"));
    ASSERT_NE(entry(heading, QStringLiteral("Make This Part Again")), nullptr);
    entry(heading, QStringLiteral("Make This Part Again"))->trigger();
    heading->close();
    QMenu* line = menuAt(QStringLiteral("Anna sends"));
    ASSERT_NE(entry(line, QStringLiteral("Make This Line Again")), nullptr);
    entry(line, QStringLiteral("Make This Line Again"))->trigger();
    line->close();
    ASSERT_EQ(m_parts.size(), 2);
    const auto wish = m_parts.at(0).first().value<SummaryPartWish>();
    EXPECT_EQ(wish.name, QStringLiteral("minutes"));
    EXPECT_EQ(wish.part, (SummaryPartView{
                             .line = 0, .text = QStringLiteral("## Decisions"), .heading = true}));
    EXPECT_EQ(m_parts.at(1).first().value<SummaryPartWish>().part.line, 2);
    EXPECT_EQ(entry(menuAt(QStringLiteral("Weekly")), QStringLiteral("Make This")), nullptr)
        << "the title is none";
    menu()->close();
}

TEST_F(SummaryPanelTest, TheMenuListsThePartsAndTheVersions) {
    QMenu* more = m_panel.findChild<QToolButton*>()->menu();
    Q_EMIT more->aboutToShow();
    QMenu* parts = entry(more, QStringLiteral("Make a Part Again"))->menu();
    ASSERT_EQ(parts->actions().size(), 5);
    EXPECT_EQ(parts->actions().at(3)->text(), QStringLiteral("Questions"));
    EXPECT_EQ(parts->actions().at(4)->text().trimmed(), QStringLiteral("Who pays?"));
    parts->actions().at(3)->trigger();
    ASSERT_EQ(m_parts.size(), 1);
    EXPECT_EQ(m_parts.first().first().value<SummaryPartWish>().part.line, 3);
    const QSignalSpy versions(&m_panel, &SummaryPanel::versionChosen);
    QMenu* back = entry(more, QStringLiteral("Bring Back"))->menu();
    ASSERT_EQ(back->actions().size(), 1);
    back->actions().first()->trigger();
    m_panel.undo();
    ASSERT_EQ(versions.size(), 2);
    EXPECT_EQ(versions.first().at(2).toLongLong(), 7);
    EXPECT_EQ(versions.first(), versions.last());
}

TEST_F(SummaryPanelTest, WhileItIsMadeItCanBeCancelledAndNothingElseBegins) {
    button("Summarize Again")->setFocus();
    const QSignalSpy cancelled(&m_panel, &SummaryPanel::cancelRequested);
    m_panel.setStatus(QStringLiteral("Working · 40 %"));
    EXPECT_TRUE(reads(QStringLiteral("40 %")));
    EXPECT_FALSE(button("Summarize Again")->isVisible());
    EXPECT_TRUE(button("Cancel the summary")->hasFocus()) << "where one was is another button";
    QMenu* line = menuAt(QStringLiteral("Anna sends"));
    EXPECT_FALSE(entry(line, QStringLiteral("Make This Line Again"))->isEnabled());
    line->close();
    button("Cancel the summary")->setFocus();
    QTest::keyClick(button("Cancel the summary"), Qt::Key_Space);
    EXPECT_EQ(cancelled.size(), 1);
    m_panel.setStatus({});
    EXPECT_TRUE(button("Summarize Again")->hasFocus());
    EXPECT_FALSE(button("Cancel the summary")->isVisible());
}

TEST_F(SummaryPanelTest, SaysWhyTheLastOneFailedUntilTheNextBegins) {
    m_panel.setProblem(QStringLiteral("The model gave nothing usable."));
    EXPECT_TRUE(reads(QStringLiteral("nothing usable")));
    EXPECT_TRUE(text().isVisible()) << "what was there stays";
    m_panel.setStatus(QStringLiteral("Working"));
    m_panel.setStatus({});
    EXPECT_FALSE(reads(QStringLiteral("nothing usable")));
}

TEST_F(SummaryPanelTest, TellsThatAChangedOneIsKeptBeforeItIsMadeAgain) {
    EXPECT_FALSE(reads(QStringLiteral("Changed by you")));
    m_meeting.summaries.first().edited = true;
    m_panel.setMeeting(m_meeting);
    EXPECT_TRUE(reads(QStringLiteral("Changed by you")));
}

TEST_F(SummaryPanelTest, WhatCannotBeEditedIsOnlyShown) {
    m_meeting.summaries.first().text.clear(); // of a newer Phial
    m_panel.setMeeting(m_meeting);
    EXPECT_FALSE(button("Edit the summary")->isEnabled());
    m_panel.edit();
    EXPECT_FALSE(m_panel.editing());
    EXPECT_TRUE(text().isVisible());
}

} // namespace
} // namespace phial::ui
