// SPDX-License-Identifier: MIT
#include "tests/ui/fixtures.h"
#include "tests/ui/meeting_fixtures.h"
#include "tests/ui/tab_order.h"
#include "ui/meeting/search_page.h"
#include "ui/meeting/trash_page.h"
#include "ui/pages/settings_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/drop_overlay.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/sidebar.h"

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QDragEnterEvent>
#include <QImage>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QUrl>

#include <gtest/gtest.h>

#include <algorithm>

namespace phial::ui {
namespace {

class MainWindowTest : public testing::Test {
protected:
    MainWindowTest() {
        m_list.setAll(test::summaries());
        m_window.setConversations(&m_list);
        m_window.setMessages(&m_messages);
        m_window.setSamples(test::samples());
        m_window.setEngine(test::hardwareEngine());
        m_window.resize(1100, 760);
        m_window.show();
        m_window.activateWindow();
        QCoreApplication::processEvents();
    }

    // Over the chat: over the list, recordings become meetings.
    bool enter(const QMimeData& data) {
        QDragEnterEvent enter(QPoint(650, 350), Qt::CopyAction, &data, Qt::LeftButton,
                              Qt::NoModifier);
        QApplication::sendEvent(&m_window, &enter);
        QDragMoveEvent move(QPoint(660, 360), Qt::CopyAction, &data, Qt::LeftButton,
                            Qt::NoModifier);
        move.ignore();
        QApplication::sendEvent(&m_window, &move);
        return move.isAccepted();
    }

    void drop(const QMimeData& data) {
        QDropEvent event(QPointF(660, 360), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&m_window, &event);
    }

    DropOverlay& overlay() { return *m_window.findChild<DropOverlay*>(); }

    Theme m_theme;
    conversation::ConversationModel m_messages;
    conversation::ConversationList m_list;
    MainWindow m_window{m_theme};
};

TEST_F(MainWindowTest, TakesDroppedFilesAndSaysWhatWillHappen) {
    QSignalSpy offered(&m_window, &MainWindow::sourcesOffered);
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(QStringLiteral("/data/chart ü.png")),
                  QUrl::fromLocalFile(QStringLiteral("/data/talk.flac")),
                  QUrl::fromLocalFile(QStringLiteral("/data/notes.docx"))});
    EXPECT_TRUE(enter(data));
    EXPECT_TRUE(overlay().isVisible());
    ASSERT_EQ(overlay().items().size(), 3);
    EXPECT_TRUE(overlay().items()[1].explanation.contains(QStringLiteral("transcribe")));
    EXPECT_TRUE(overlay().items()[2].explanation.contains(QStringLiteral(".docx")));
    drop(data);
    EXPECT_FALSE(overlay().isVisible());
    ASSERT_EQ(offered.count(), 1);
    const auto sources = offered.first().first().value<QList<AttachmentSource>>();
    ASSERT_EQ(sources.size(), 2);
    EXPECT_EQ(sources[0].path, QStringLiteral("/data/chart ü.png"));
}

TEST_F(MainWindowTest, TheDeviceMenuFreesTheModelThatIsReadyAndTheChipTellsThatItRests) {
    const auto chip = [this](const QString& words) -> QToolButton* {
        const auto buttons = m_window.findChildren<QToolButton*>();
        const auto found =
            std::find_if(buttons.begin(), buttons.end(), [&words](const QToolButton* button) {
                return button->accessibleName().startsWith(QStringLiteral("Device: ") + words);
            });
        return found == buttons.end() ? nullptr : *found;
    };
    const auto entry = [](const QToolButton& button) -> QAction* {
        Q_EMIT button.menu()->aboutToShow();
        const auto actions = button.menu()->actions();
        const auto found = std::find_if(actions.begin(), actions.end(), [](const QAction* one) {
            return one->text() == QStringLiteral("Free the Model's Memory");
        });
        return found == actions.end() ? nullptr : *found;
    };
    QToolButton* ready = chip(QStringLiteral("NVIDIA"));
    ASSERT_NE(ready, nullptr);
    QAction* frees = entry(*ready);
    ASSERT_NE(frees, nullptr);
    ASSERT_TRUE(frees->isEnabled());
    QSignalSpy requested(&m_window, &MainWindow::modelRestRequested);
    frees->trigger();
    EXPECT_EQ(requested.count(), 1);

    DeviceChipState resting = test::hardwareEngine();
    resting.state = EngineState::Resting;
    m_window.setEngine(resting);
    QToolButton* told = chip(QStringLiteral("Model at rest"));
    ASSERT_NE(told, nullptr);
    EXPECT_TRUE(told->toolTip().contains(QStringLiteral("loaded again")));
    ASSERT_NE(entry(*told), nullptr);
    EXPECT_FALSE(entry(*told)->isEnabled());
}

TEST_F(MainWindowTest, TabGoesDownTheSettings) {
    m_window.resize(1100, 760);
    m_window.settingsPage().setView(test::settingsRows());
    m_window.showPage(MainWindow::Page::Settings);
    QCoreApplication::processEvents();
    EXPECT_GT(test::expectTabGoesDown(m_window, m_window.settingsPage()), 30);
}

TEST_F(MainWindowTest, TabGoesDownTheTrash) {
    m_window.trashPage().setMeetings({{.id = QStringLiteral("m"),
                                       .title = QStringLiteral("Weekly"),
                                       .detail = QStringLiteral("20 November 2026, 47 min")}});
    m_window.showPage(MainWindow::Page::Trash);
    QCoreApplication::processEvents();
    EXPECT_EQ(test::expectTabGoesDown(m_window, m_window.trashPage()), 3)
        << "the list, Restore, Delete";
}

TEST_F(MainWindowTest, TabGoesDownTheSearchInAllMeetings) {
    m_window.showPage(MainWindow::Page::Search);
    m_window.searchPage().setHits({}, test::hits());
    QCoreApplication::processEvents();
    EXPECT_EQ(test::expectTabGoesDown(m_window, m_window.searchPage()), 2)
        << "the field and what was found";
}

TEST_F(MainWindowTest, RefusesUnknownTypesWhileTheyAreOverTheWindow) {
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(QStringLiteral("/data/notes.docx"))});
    EXPECT_FALSE(enter(data));
    EXPECT_TRUE(overlay().isVisible()); // it says why
    QDragLeaveEvent leave;
    QApplication::sendEvent(&m_window, &leave);
    EXPECT_FALSE(overlay().isVisible());
}

TEST_F(MainWindowTest, RefusesAddressesOnTheNetwork) {
    QMimeData data;
    data.setUrls({QUrl(QStringLiteral("https://example.org/picture.png"))});
    EXPECT_FALSE(enter(data));
    EXPECT_TRUE(overlay().items().first().explanation.contains(QStringLiteral("network")));
}

TEST_F(MainWindowTest, TakesPictureDataFromABrowser) {
    QSignalSpy offered(&m_window, &MainWindow::sourcesOffered);
    QImage image(4, 4, QImage::Format_RGB32);
    image.fill(Qt::blue);
    QMimeData data;
    data.setImageData(image);
    data.setUrls({QUrl(QStringLiteral("https://example.org/picture.png"))});
    EXPECT_TRUE(enter(data));
    drop(data);
    ASSERT_EQ(offered.count(), 1);
    const auto sources = offered.first().first().value<QList<AttachmentSource>>();
    EXPECT_EQ(QImage::fromData(sources.first().bytes).size(), QSize(4, 4));
}

TEST_F(MainWindowTest, DroppedTextGoesToTheMessage) {
    QMimeData data;
    data.setText(QStringLiteral("some words"));
    EXPECT_TRUE(enter(data));
    drop(data);
    EXPECT_EQ(m_window.draft().text, QStringLiteral("some words"));
}

TEST_F(MainWindowTest, SpaceHeldOutsideTheMessageTalks) {
    m_messages.append(test::question(QStringLiteral("x")));
    QCoreApplication::processEvents();
    m_window.conversation().setFocus();
    QSignalSpy started(&m_window, &MainWindow::captureStartRequested);
    QSignalSpy ended(&m_window, &MainWindow::captureEndRequested);
    QTest::keyPress(&m_window.conversation(), Qt::Key_Space);
    ASSERT_EQ(started.count(), 1);
    m_window.setCapture({.phase = CapturePhase::Listening});
    for (int i = 0; i < 5; ++i) { // the server repeats the held key
        QTest::keyRelease(&m_window.conversation(), Qt::Key_Space);
        QTest::keyPress(&m_window.conversation(), Qt::Key_Space);
    }
    EXPECT_EQ(started.count(), 1);
    EXPECT_EQ(ended.count(), 0);
    QTest::keyRelease(&m_window.conversation(), Qt::Key_Space);
    ASSERT_TRUE(ended.wait());
    EXPECT_EQ(ended.count(), 1);
    EXPECT_EQ(ended.first().first().value<CaptureEnd>(), CaptureEnd::AttachAndSend);
    m_window.setCapture({});
}

TEST_F(MainWindowTest, SpaceInTheMessageIsASpace) {
    QSignalSpy started(&m_window, &MainWindow::captureStartRequested);
    auto* edit = m_window.composer().findChild<QPlainTextEdit*>();
    edit->setFocus();
    QTest::keyClicks(edit, QStringLiteral("a b"));
    EXPECT_EQ(started.count(), 0);
    EXPECT_EQ(m_window.draft().text, QStringLiteral("a b"));
}

TEST_F(MainWindowTest, EscapeStopsTheAnswer) {
    QSignalSpy stopped(&m_window, &MainWindow::stopRequested);
    m_window.setAnswering(Composer::Answering::Yes);
    QTest::keyClick(&m_window, Qt::Key_Escape);
    EXPECT_EQ(stopped.count(), 1);
}

TEST_F(MainWindowTest, ShortcutsReachTheirIntents) {
    QSignalSpy fresh(&m_window, &MainWindow::newConversationRequested);
    QSignalSpy capture(&m_window, &MainWindow::captureStartRequested);
    QSignalSpy meeting(&m_window, &MainWindow::recordingToggled);
    QSignalSpy zoom(&m_window, &MainWindow::zoomChosen);
    QTest::keyClick(&m_window, Qt::Key_N, Qt::ControlModifier);
    QTest::keyClick(&m_window, Qt::Key_D, Qt::ControlModifier);
    QTest::keyClick(&m_window, Qt::Key_R, Qt::ControlModifier);
    QTest::keyClick(&m_window, Qt::Key_Plus, Qt::ControlModifier);
    EXPECT_EQ(fresh.count(), 1);
    EXPECT_EQ(capture.count(), 1);
    EXPECT_EQ(meeting.count(), 1);
    ASSERT_EQ(zoom.count(), 1);
    EXPECT_EQ(zoom.first().first().toInt(), 110);
}

TEST_F(MainWindowTest, TheSidebarCollapsesInANarrowWindow) {
    auto* sidebar = m_window.findChild<Sidebar*>();
    EXPECT_TRUE(sidebar->isVisible());
    m_window.resize(590, 700);
    QCoreApplication::processEvents();
    EXPECT_FALSE(sidebar->isVisible());
    QTest::keyClick(&m_window, Qt::Key_F9);
    EXPECT_TRUE(sidebar->isVisible());
    QTest::keyClick(&m_window, Qt::Key_Escape);
    EXPECT_FALSE(sidebar->isVisible());
}

TEST_F(MainWindowTest, ANoticeWithTheSameKeyReplacesTheOneBefore) {
    auto* bar = m_window.findChild<NoticeBar*>();
    QSignalSpy action(&m_window, &MainWindow::noticeAction);
    for (int i = 0; i < 3; ++i) {
        m_window.showNotice({.key = QStringLiteral("k"),
                             .title = QString::number(i),
                             .text = {},
                             .detail = {},
                             .actions = {NoticeAction::RetryLoad}});
    }
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    const auto buttons = bar->findChildren<QAbstractButton*>();
    int found = 0;
    for (QAbstractButton* button : buttons) {
        if (button->text() == noticeActionText(NoticeAction::RetryLoad)) {
            ++found;
            button->click();
        }
    }
    EXPECT_EQ(found, 1);
    ASSERT_EQ(action.count(), 1);
    m_window.clearNotice(QStringLiteral("k"));
    EXPECT_FALSE(bar->shows(QStringLiteral("k")));
}

TEST_F(MainWindowTest, AQuestionStaysInFrontOfNewerNews) {
    auto* bar = m_window.findChild<NoticeBar*>();
    const auto seen = [bar](NoticeAction action) {
        const auto buttons = bar->findChildren<QAbstractButton*>();
        return std::any_of(buttons.begin(), buttons.end(), [&](QAbstractButton* button) {
            return button->isVisible() && button->text() == noticeActionText(action);
        });
    };
    const auto show = [this](const char* key, NoticeAction action) {
        m_window.showNotice({.key = QString::fromLatin1(key),
                             .title = QString::fromLatin1(key),
                             .text = {},
                             .detail = {},
                             .actions = {action}});
    };
    show("device", NoticeAction::UseSoftwareDevice);
    show("reminder", NoticeAction::Acknowledge);
    show("undo", NoticeAction::Undo);
    EXPECT_TRUE(seen(NoticeAction::UseSoftwareDevice));
    EXPECT_FALSE(seen(NoticeAction::Acknowledge));
    EXPECT_FALSE(seen(NoticeAction::Undo));
    m_window.clearNotice(QStringLiteral("device")); // answered: the newest news is next
    EXPECT_TRUE(seen(NoticeAction::Undo));
    EXPECT_FALSE(seen(NoticeAction::Acknowledge));
    show("model", NoticeAction::RetryLoad);
    show("device", NoticeAction::UseSoftwareDevice);
    m_window.clearNotice(QStringLiteral("device"));
    EXPECT_TRUE(seen(NoticeAction::RetryLoad));
    show("saved", NoticeAction::OpenMeeting);
    EXPECT_TRUE(seen(NoticeAction::RetryLoad));
    EXPECT_FALSE(seen(NoticeAction::OpenMeeting));
    m_window.showNotice({.key = QStringLiteral("disk"),
                         .severity = Severity::Error,
                         .title = QStringLiteral("disk"),
                         .text = {},
                         .detail = {},
                         .actions = {NoticeAction::ShowQueue}});
    EXPECT_TRUE(seen(NoticeAction::ShowQueue)); // what is wrong covers an older question
}

TEST_F(MainWindowTest, SectionsFollowTheCalendar) {
    const QDate today(2026, 3, 10);
    EXPECT_EQ(Sidebar::sectionOf(today, today), QStringLiteral("Today"));
    EXPECT_EQ(Sidebar::sectionOf(today.addDays(-1), today), QStringLiteral("Yesterday"));
    EXPECT_EQ(Sidebar::sectionOf(today.addDays(-6), today), QStringLiteral("This week"));
    EXPECT_EQ(Sidebar::sectionOf(QDate(2026, 1, 2), today), QStringLiteral("January"));
    EXPECT_EQ(Sidebar::sectionOf(QDate(2025, 12, 31), today), QStringLiteral("December 2025"));
}

} // namespace
} // namespace phial::ui
