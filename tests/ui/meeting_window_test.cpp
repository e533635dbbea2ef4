// SPDX-License-Identifier: MIT
// The window while meetings are recorded, and what its meeting pages offer.
#include "tests/ui/fixtures.h"
#include "tests/ui/meeting_fixtures.h"
#include "ui/meeting/meeting_page.h"
#include "ui/meeting/queue_dialog.h"
#include "ui/meeting/transcript_view.h"
#include "ui/pages/home_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/notice_bar.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QApplication>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>

#include <gtest/gtest.h>

#include <algorithm>

namespace phial::ui {
namespace {

class MeetingWindowTest : public testing::Test {
protected:
    MeetingWindowTest() {
        m_window.setMessages(&m_messages);
        m_window.setSamples(test::samples());
        m_window.setEngine(test::hardwareEngine());
        m_window.meetingPage().setTranscript(&m_lines);
        m_window.resize(1100, 760);
        m_window.show();
        QCoreApplication::processEvents();
    }

    void openMeeting(int lines) {
        m_window.meetingPage().setMeeting(test::meetingOf(lines));
        m_lines.reset(test::talk(lines));
        m_window.showPage(MainWindow::Page::Meeting);
        QCoreApplication::processEvents();
    }

    QStringList shownButtons(const QString& part) const {
        QStringList names;
        const QList<QAbstractButton*> buttons = m_window.findChildren<QAbstractButton*>();
        for (const QAbstractButton* button : buttons) {
            const QString name =
                button->accessibleName().isEmpty() ? button->text() : button->accessibleName();
            if (button->isVisible() && name.contains(part)) {
                names.append(name);
            }
        }
        return names;
    }

    QPushButton* button(const QString& name) const {
        const QList<QPushButton*> buttons = m_window.findChildren<QPushButton*>();
        for (QPushButton* one : buttons) {
            if (one->isVisible() && (one->text() == name || one->accessibleName() == name)) {
                return one;
            }
        }
        return nullptr;
    }

    Theme m_theme;
    conversation::ConversationModel m_messages;
    app::TranscriptModel m_lines;
    MainWindow m_window{m_theme};
};

NoticeView noticeNamed(const char* key) {
    NoticeView notice;
    notice.key = QString::fromLatin1(key);
    notice.title = QStringLiteral("About ") + notice.key;
    return notice;
}

TEST_F(MeetingWindowTest, ShowsOneStopWhileItRecords) {
    EXPECT_EQ(shownButtons(QStringLiteral("Record a Meeting")).size(), 1);
    m_window.setRecording({.phase = RecordingPhase::Recording, .detail = {}});
    EXPECT_EQ(shownButtons(QStringLiteral("Stop")), QStringList{QStringLiteral("Stop recording")});
    EXPECT_TRUE(shownButtons(QStringLiteral("Record a Meeting")).isEmpty());
    m_window.setRecording({});
    EXPECT_TRUE(shownButtons(QStringLiteral("Stop")).isEmpty());
    EXPECT_EQ(shownButtons(QStringLiteral("Record a Meeting")).size(), 1);
}

TEST_F(MeetingWindowTest, OnlyTheNewestMessageTakesRoom) {
    const int before = m_window.findChild<HomePage*>()->height();
    m_window.showNotice(noticeNamed("one"));
    QCoreApplication::processEvents();
    const int one = m_window.findChild<HomePage*>()->height();
    EXPECT_LT(one, before);
    for (const char* key : {"two", "three", "four"}) {
        m_window.showNotice(noticeNamed(key));
    }
    QCoreApplication::processEvents();
    EXPECT_GT(m_window.findChild<HomePage*>()->height(), one - 40) << "four take little more room";
    const auto shown = [this](const char* key) {
        const QList<QFrame*> banners =
            m_window.findChild<NoticeBar*>()->findChildren<QFrame*>(QStringLiteral("notice"));
        return std::any_of(banners.begin(), banners.end(), [key](const QFrame* banner) {
            return banner->isVisible() &&
                   banner->accessibleName().contains(QString::fromLatin1(key));
        });
    };
    EXPECT_TRUE(shown("four"));
    EXPECT_FALSE(shown("one"));
    QPushButton* others = button(QStringLiteral("Show other messages (3)"));
    ASSERT_NE(others, nullptr);
    others->click();
    EXPECT_TRUE(shown("four"));
    EXPECT_TRUE(shown("one"));
    m_window.clearNotice(QStringLiteral("four"));
    m_window.clearNotice(QStringLiteral("three"));
    m_window.clearNotice(QStringLiteral("two"));
    EXPECT_TRUE(shown("one"));
    EXPECT_EQ(button(QStringLiteral("Show only the first")), nullptr);
}

TEST_F(MeetingWindowTest, HomeBeginsAtItsTopWhenOneComesBack) {
    m_window.resize(600, 450);
    QCoreApplication::processEvents();
    QScrollBar* bar =
        m_window.findChild<HomePage*>()->findChild<QScrollArea*>()->verticalScrollBar();
    ASSERT_GT(bar->maximum(), 0);
    bar->setValue(bar->maximum());
    m_window.showPage(MainWindow::Page::Shortcuts);
    QCoreApplication::processEvents();
    m_window.showPage(MainWindow::Page::Chat);
    QCoreApplication::processEvents();
    EXPECT_EQ(bar->value(), 0);
}

TEST_F(MeetingWindowTest, TheTitleIsThatOfWhatIsShown) {
    m_window.setCurrentConversation(QStringLiteral("c"), QStringLiteral("A talk"));
    openMeeting(3);
    m_window.setCurrentMeeting(QStringLiteral("m"), QStringLiteral("Weekly"));
    EXPECT_EQ(m_window.windowTitle(), QStringLiteral("Weekly – Phial"));
    m_window.showPage(MainWindow::Page::Chat);
    EXPECT_EQ(m_window.windowTitle(), QStringLiteral("A talk – Phial"));
    m_window.showPage(MainWindow::Page::Search);
    EXPECT_EQ(m_window.windowTitle(), QStringLiteral("Phial"));
    m_window.showPage(MainWindow::Page::Meeting);
    EXPECT_EQ(m_window.windowTitle(), QStringLiteral("Weekly – Phial"));
}

TEST_F(MeetingWindowTest, ReplacesInTheFoundLineAndGoesOn) {
    openMeeting(12);
    MeetingPage& page = m_window.meetingPage();
    QSignalSpy edited(&page, &MeetingPage::textEdited);
    page.openFind();
    page.findChild<QLineEdit*>(QStringLiteral("findText"))->setText(QStringLiteral("budget"));
    ASSERT_NE(button(QStringLiteral("Replace")), nullptr);
    button(QStringLiteral("Replace"))->click(); // nothing is found yet: goes to the first
    EXPECT_EQ(edited.count(), 0);
    EXPECT_EQ(page.transcript().foundLine().id, 4);
    const QList<QLineEdit*> fields = page.findChildren<QLineEdit*>();
    for (QLineEdit* field : fields) {
        if (field->accessibleName() == QStringLiteral("Replace with")) {
            field->setText(QStringLiteral("costs"));
        }
    }
    button(QStringLiteral("Replace"))->click();
    ASSERT_EQ(edited.count(), 1);
    EXPECT_EQ(edited[0][0].toLongLong(), 4);
    EXPECT_EQ(edited[0][1].toString(),
              QStringLiteral("Anna sends the revised costs to the team by Friday."));
    EXPECT_EQ(page.transcript().foundLine().id, 10);
}

TEST_F(MeetingWindowTest, AScreenReaderSeesTheLinesAndPlaysThem) {
    openMeeting(6);
    TranscriptView& view = m_window.meetingPage().transcript();
    QAccessibleInterface* list = QAccessible::queryAccessibleInterface(&view);
    ASSERT_NE(list, nullptr);
    EXPECT_EQ(list->role(), QAccessible::List);
    ASSERT_GE(list->childCount(), 6);
    QAccessibleInterface* line = list->child(3);
    ASSERT_NE(line, nullptr);
    EXPECT_EQ(line->role(), QAccessible::ListItem);
    EXPECT_TRUE(line->text(QAccessible::Name).contains(QStringLiteral("revised budget")));
    EXPECT_EQ(list->indexOfChild(line), 3);
    EXPECT_FALSE(line->state().selected);
    QSignalSpy played(&m_window.meetingPage(), &MeetingPage::playRequested);
    ASSERT_NE(line->actionInterface(), nullptr);
    line->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
    ASSERT_EQ(played.count(), 1);
    EXPECT_EQ(played[0][0].toDouble(), 12);
    EXPECT_TRUE(line->state().selected);
    m_lines.reset({});
    EXPECT_TRUE(line->state().invalid);
    EXPECT_FALSE(line->isValid());
}

TEST_F(MeetingWindowTest, AMeetingThatIsBeingRecordedOffersOnlyWhatWorks) {
    MeetingView live = test::meetingOf(0);
    live.beingRecorded = true;
    live.hasSound = false;
    m_window.meetingPage().setMeeting(live);
    m_window.showPage(MainWindow::Page::Meeting);
    QCoreApplication::processEvents();
    EXPECT_EQ(button(QStringLiteral("Transcribe")), nullptr);
    live.beingRecorded = false;
    live.hasSound = true;
    m_window.meetingPage().setMeeting(live);
    EXPECT_NE(button(QStringLiteral("Transcribe")), nullptr);
}

TEST_F(MeetingWindowTest, NothingInTheQueueChangesPlacesWithACopy) {
    QueueItem job;
    job.number = 7;
    job.text = QStringLiteral("Transcribing “Weekly”");
    job.state = QueueItem::State::Running;
    QueueItem next = job;
    next.number = 8;
    next.state = QueueItem::State::Waiting;
    QueueItem copy = job;
    copy.number = -1;
    copy.cancelOnly = true;
    m_window.setQueue({job, next, copy});
    m_window.queueDialog().show();
    auto& list = *m_window.queueDialog().findChild<QListView*>();
    list.setCurrentIndex(list.model()->index(0, 0));
    EXPECT_TRUE(button(QStringLiteral("Later"))->isEnabled());
    list.setCurrentIndex(list.model()->index(1, 0));
    EXPECT_TRUE(button(QStringLiteral("Earlier"))->isEnabled());
    EXPECT_FALSE(button(QStringLiteral("Later"))->isEnabled());
    list.setCurrentIndex(list.model()->index(2, 0));
    EXPECT_FALSE(button(QStringLiteral("Earlier"))->isEnabled());
    EXPECT_FALSE(button(QStringLiteral("Pause"))->isEnabled());
    EXPECT_TRUE(button(QStringLiteral("Cancel"))->isEnabled());
}

} // namespace
} // namespace phial::ui
