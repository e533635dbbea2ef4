// SPDX-License-Identifier: MIT
// Every page and dialog in the states in which it can be met: whatever takes the focus or can be
// pressed has a name for a screen reader, and Tab (or, inside a group, an arrow) comes to it. File
// dialogs are the desktop's own and not looked at.
#include "tests/ui/fixtures.h"
#include "tests/ui/meeting_fixtures.h"
#include "tests/ui/model_fixtures.h"
#include "ui/meeting/export_dialog.h"
#include "ui/meeting/long_import_dialog.h"
#include "ui/meeting/meeting_page.h"
#include "ui/meeting/queue_dialog.h"
#include "ui/meeting/recording_bar.h"
#include "ui/meeting/search_page.h"
#include "ui/meeting/summary_panel.h"
#include "ui/meeting/transcript_view.h"
#include "ui/meeting/trash_page.h"
#include "ui/pages/models_page.h"
#include "ui/pages/settings_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/sidebar.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QApplication>
#include <QButtonGroup>
#include <QDialog>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QSet>
#include <QTest>
#include <QToolButton>

#include <gtest/gtest.h>

namespace phial::ui {
namespace {

constexpr int kMostStops = 150; ///< more than any page has
constexpr int kMostRows = 50;   ///< rows of a list are alike

class AccessibilityWalk : public testing::Test {
protected:
    AccessibilityWalk() {
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

    void walk(const char* page) { walk(m_window, page); }

    static void walk(QWidget& window, const char* page) {
        SCOPED_TRACE(page);
        for (int i = 0; i < 5; ++i) {
            QCoreApplication::processEvents();
        }
        QAccessibleInterface* top = QAccessible::queryAccessibleInterface(&window);
        ASSERT_NE(top, nullptr);
        expectNames(*top);
        const QSet<QWidget*> missed = reachable(window) - reachedByKeys(window);
        for (const QWidget* widget : missed) {
            ADD_FAILURE() << "the keyboard never reaches a " << widget->metaObject()->className()
                          << " named " << widget->accessibleName().toStdString();
        }
    }

    /// What a screen reader finds, as it finds it.
    static void expectNames(QAccessibleInterface& found) {
        if (!found.isValid() || found.state().invisible) {
            return;
        }
        const bool pressed =
            found.actionInterface() != nullptr && found.actionInterface()->actionNames().contains(
                                                      QAccessibleActionInterface::pressAction());
        const bool window =
            found.parent() == nullptr || found.parent()->role() == QAccessible::Application;
        if ((found.state().focusable || pressed) && !window) {
            EXPECT_FALSE(found.text(QAccessible::Name).trimmed().isEmpty())
                << "a "
                << (found.object() != nullptr ? found.object()->metaObject()->className() : "part")
                << " of the role " << found.role() << " in a "
                << (found.parent()->object() != nullptr
                        ? found.parent()->object()->metaObject()->className()
                        : "part")
                << " has no name";
        }
        for (int i = 0; i < std::min(found.childCount(), kMostRows); ++i) {
            if (QAccessibleInterface* child = found.child(i)) {
                expectNames(*child);
            }
        }
    }

    static QSet<QWidget*> reachable(const QWidget& window) {
        QSet<QWidget*> found;
        const auto widgets = window.findChildren<QWidget*>();
        for (QWidget* widget : widgets) {
            const bool stops =
                (widget->focusPolicy() & Qt::TabFocus) && widget->focusProxy() == nullptr;
            if (stops && widget->isVisible() && widget->isEnabled() &&
                widget->window() == &window) {
                found.insert(widget);
            }
        }
        return found;
    }

    static QSet<QWidget*> reachedByKeys(QWidget& window) {
        QSet<QWidget*> reached;
        for (int i = 0; i < kMostStops; ++i) {
            QWidget* focus = QApplication::focusWidget();
            if (focus == nullptr || focus->window() != &window) {
                focus = &window;
            }
            reached.insert(focus);
            if (const auto* button = qobject_cast<QAbstractButton*>(focus);
                button != nullptr && button->group() != nullptr && button->group()->exclusive()) {
                // Tab goes to the chosen one of a group, arrows to the others.
                const auto members = button->group()->buttons();
                reached += QSet<QWidget*>(members.begin(), members.end());
            }
            QTest::keyClick(focus, Qt::Key_Tab);
        }
        return reached;
    }

    void showMeeting(int lines) {
        m_lines.reset(test::talk(lines));
        MeetingPage& page = m_window.meetingPage();
        page.setTranscript(&m_lines);
        MeetingView meeting = test::meetingOf(lines);
        meeting.translationLanguage = QStringLiteral("German");
        page.setMeeting(meeting);
        page.setPeaks(test::speechPeaks(meeting.seconds));
        m_window.showPage(MainWindow::Page::Meeting);
        QCoreApplication::processEvents();
    }

    /// The dialog that was just opened.
    static QDialog* dialog() {
        QCoreApplication::processEvents();
        return qobject_cast<QDialog*>(QApplication::activeModalWidget());
    }

    /// Walks through the dialog that was just opened and closes it.
    static void walkDialog(const char* name) {
        QDialog* opened = dialog();
        ASSERT_NE(opened, nullptr) << name;
        EXPECT_FALSE(opened->windowTitle().isEmpty()) << name;
        opened->activateWindow();
        walk(*opened, name);
        opened->reject();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }

    static QAction* entry(const QMenu& menu, const QString& beginning) {
        const auto actions = menu.actions();
        for (QAction* action : actions) {
            if (action->text().startsWith(beginning)) {
                return action;
            }
        }
        return nullptr;
    }

    Theme m_theme;
    conversation::ConversationModel m_messages;
    conversation::ConversationList m_list;
    app::TranscriptModel m_lines;
    MainWindow m_window{m_theme};
};

TEST_F(AccessibilityWalk, Home) {
    m_window.composer().focusText();
    walk("home");
}

TEST_F(AccessibilityWalk, HomeOfTheDemonstration) {
    m_window.setEngine(test::demoEngine());
    walk("demonstration");
}

TEST_F(AccessibilityWalk, Conversation) {
    test::fillConversation(m_messages);
    m_window.setAttachments(
        {test::pictureView(QStringLiteral("p")), test::recordingView(QStringLiteral("r"))});
    m_window.setDraftText(QStringLiteral("words"));
    m_window.showNotice({.key = QStringLiteral("n"),
                         .title = QStringLiteral("Something"),
                         .text = {},
                         .detail = QStringLiteral("more"),
                         .actions = {NoticeAction::RetryLoad}});
    walk("conversation");
}

TEST_F(AccessibilityWalk, WhileAnswering) {
    test::fillConversation(m_messages);
    m_window.setAnswering(Composer::Answering::Yes);
    m_window.setJob({.text = QStringLiteral("Writing the answer"), .fraction = -1});
    m_window.setQueue(test::queueItems());
    walk("answering");
}

TEST_F(AccessibilityWalk, Dictation) {
    m_window.setInputDevices({{QString(), QStringLiteral("System default"), true}});
    m_window.setCapture({.phase = CapturePhase::Listening});
    walk("dictation");
    m_window.setCapture({});
}

TEST_F(AccessibilityWalk, SearchInTheList) {
    m_window.findChild<Sidebar*>()->findChild<QLineEdit*>()->setText(
        QStringLiteral("sales")); // shows "clear"
    walk("search in the list");
}

TEST_F(AccessibilityWalk, NarrowWindow) {
    m_window.resize(590, 700);
    walk("narrow");
    QTest::keyClick(&m_window, Qt::Key_F9);
    walk("narrow, with the list");
}

TEST_F(AccessibilityWalk, Models) {
    ModelsPage& page = m_window.modelsPage();
    page.setModels(test::onlyBuiltIn());
    m_window.showPage(MainWindow::Page::Models);
    walk("only the built-in model");
    const ModelsView models = test::manyModels();
    page.setModels(models);
    for (const ModelView& model : models.models) {
        page.select(model.id);
        walk("a line of the list");
    }
    page.select(test::checkpointModel().id);
    using State = ModelWorkView::State;
    for (const State state :
         {State::Running, State::Stopping, State::Stopped, State::Failed, State::Done}) {
        page.setWork(test::quantizing(state));
        walk("making a package");
        page.setWork(test::verifying(state));
        walk("checking a package");
    }
    m_window.resize(590, 700);
    walk("models, narrow");
    page.select(test::unfinishedModel().id);
    page.setWork({});
    const auto buttons = page.findChildren<QPushButton*>();
    for (QPushButton* button : buttons) {
        if (button->text().startsWith(QStringLiteral("Remove What")) &&
            button->isVisibleTo(&page)) {
            button->click();
        }
    }
    walkDialog("deleting an unfinished package");
}

TEST_F(AccessibilityWalk, Settings) {
    m_window.settingsPage().setView(test::settingsRows());
    m_window.showPage(MainWindow::Page::Settings);
    walk("settings");
    m_window.resize(590, 700);
    walk("settings, narrow");
    m_window.settingsPage().findChild<QLineEdit*>()->setText(QStringLiteral("letters"));
    walk("settings, searched");
}

TEST_F(AccessibilityWalk, Keyboard) {
    m_window.showPage(MainWindow::Page::Shortcuts);
    walk("keyboard");
}

TEST_F(AccessibilityWalk, RecordingAMeeting) {
    for (const RecordingPhase phase :
         {RecordingPhase::Recording, RecordingPhase::Paused, RecordingPhase::Unplugged}) {
        m_window.setRecording({.phase = phase, .detail = QStringLiteral("Something is wrong.")});
        m_window.recordingBar().setLevel(
            {.peak = 0.4F, .rms = 0.1F, .seconds = 12, .diskSecondsLeft = 90000});
        walk("recording");
    }
    m_window.close(); // asks first
    walkDialog("closing while recording");
    m_window.setRecording({});
}

TEST_F(AccessibilityWalk, Meeting) {
    showMeeting(30);
    for (const auto tab : {MeetingPage::Tab::Summary, MeetingPage::Tab::Translation,
                           MeetingPage::Tab::Ask, MeetingPage::Tab::Details}) {
        m_window.meetingPage().showTab(tab);
        walk("meeting");
    }
}

TEST_F(AccessibilityWalk, SummaryOfAMeeting) {
    showMeeting(30);
    MeetingPage& page = m_window.meetingPage();
    page.showTab(MeetingPage::Tab::Summary);
    page.setSummaryStatus(QStringLiteral("Working · 40 %"));
    walk("a summary that is being made");
    page.setSummaryStatus({});
    page.setSummaryProblem(QStringLiteral("The model gave nothing usable for this part."));
    walk("a summary that could not be made");
    page.findChild<SummaryPanel*>()->edit();
    walk("editing a summary");
}

TEST_F(AccessibilityWalk, MeetingWithoutTranscript) {
    showMeeting(0);
    walk("meeting without a transcript");
}

TEST_F(AccessibilityWalk, MeetingInANarrowWindow) {
    showMeeting(30);
    m_window.resize(590, 700);
    for (const auto tab :
         {MeetingPage::Tab::Transcript, MeetingPage::Tab::Summary, MeetingPage::Tab::Translation,
          MeetingPage::Tab::Ask, MeetingPage::Tab::Details}) {
        m_window.meetingPage().showTab(tab);
        walk("meeting, narrow");
    }
}

TEST_F(AccessibilityWalk, FindingAndEditingInATranscript) {
    showMeeting(30);
    m_window.meetingPage().openFind();
    auto* field = qobject_cast<QLineEdit*>(QApplication::focusWidget());
    ASSERT_NE(field, nullptr);
    QTest::keyClicks(field, QStringLiteral("budget"));
    walk("find");
    m_window.meetingPage().escape();
    m_window.meetingPage().editLine(2, 0);
    QCoreApplication::processEvents();
    expectNames(*QAccessible::queryAccessibleInterface(
        &m_window)); // Tab leaves and thereby ends the editor
}

TEST_F(AccessibilityWalk, DialogsOfAMeeting) {
    showMeeting(30);
    TranscriptView& transcript = m_window.meetingPage().transcript();
    transcript.setFocus();
    transcript.setCurrentIndex(m_lines.index(3, 0));
    QMenu* menu = nullptr;
    const auto buttons = m_window.meetingPage().findChildren<QToolButton*>();
    for (const QToolButton* button : buttons) {
        menu = button->accessibleName() == QStringLiteral("More about this meeting")
                   ? button->menu()
                   : menu;
    }
    ASSERT_NE(menu, nullptr);
    for (const char* which : {"Speaker", "Rename"}) {
        Q_EMIT menu->aboutToShow();
        const auto actions = menu->actions();
        for (const QAction* action : actions) {
            EXPECT_TRUE(action->isSeparator() || !action->text().isEmpty());
        }
        QAction* action = entry(*menu, QString::fromLatin1(which));
        ASSERT_NE(action, nullptr) << which;
        action->trigger();
        walkDialog(which);
    }
}

TEST_F(AccessibilityWalk, LongImportDialog) {
    LongImportDialog dialog(
        m_theme, {.files = {QStringLiteral("/a/Day.wav")}, .seconds = 18130, .workSeconds = 11400},
        &m_window);
    dialog.open();
    dialog.activateWindow();
    walk(dialog, "a long import");
    for (QPushButton* button : dialog.findChildren<QPushButton*>()) {
        if (button->text().startsWith(QStringLiteral("Only a Part"))) {
            button->click();
        }
    }
    walk(dialog, "a part of a long import");
}

TEST_F(AccessibilityWalk, ExportDialog) {
    MeetingView meeting = test::meetingOf(30);
    meeting.translationLanguage = QStringLiteral("German");
    ui::ExportDialog dialog(m_theme, meeting, true, {4, 12}, &m_window);
    dialog.open();
    dialog.activateWindow();
    walk(dialog, "export");
}

TEST_F(AccessibilityWalk, Queue) {
    QueueDialog& dialog = m_window.queueDialog();
    dialog.show();
    dialog.activateWindow();
    walk(dialog, "empty queue");
    m_window.setQueue(test::queueItems());
    auto* list = dialog.findChild<QListView*>();
    for (int row = 0; row < list->model()->rowCount(); ++row) {
        list->setCurrentIndex(list->model()->index(row, 0));
        walk(dialog, "queue");
    }
}

TEST_F(AccessibilityWalk, SearchInAllMeetings) {
    m_window.showPage(MainWindow::Page::Search);
    walk("search");
    m_window.searchPage().focusSearch();
    auto* field = qobject_cast<QLineEdit*>(QApplication::focusWidget());
    ASSERT_NE(field, nullptr);
    field->setText(QStringLiteral("budget"));
    m_window.searchPage().setHits(QStringLiteral("budget"), test::hits());
    walk("search with hits");
}

TEST_F(AccessibilityWalk, Trash) {
    m_window.showPage(MainWindow::Page::Trash);
    walk("empty trash");
    m_window.trashPage().setMeetings({{.id = QStringLiteral("m"),
                                       .title = QStringLiteral("Weekly"),
                                       .detail = QStringLiteral("20 November 2026, 47 min")}});
    walk("trash");
    const auto buttons = m_window.trashPage().findChildren<QPushButton*>();
    for (QPushButton* button : buttons) {
        if (button->text().startsWith(QStringLiteral("Delete"))) {
            button->click();
        }
    }
    walkDialog("deleting for good");
}

TEST_F(AccessibilityWalk, RenamingInTheList) {
    auto* list = m_window.findChild<Sidebar*>()->findChild<QListView*>();
    ASSERT_NE(list, nullptr);
    list->setFocus();
    list->setCurrentIndex(list->model()->index(0, 0));
    QTest::keyClick(list, Qt::Key_F2);
    walkDialog("renaming a chat");
}

TEST_F(AccessibilityWalk, EveryMenuEntryHasWords) {
    const auto menus = m_window.findChildren<QMenu*>();
    EXPECT_GT(menus.size(), 2);
    for (const QMenu* menu : menus) {
        const auto actions = menu->actions();
        for (const QAction* action : actions) {
            EXPECT_TRUE(action->isSeparator() || !action->text().trimmed().isEmpty());
        }
    }
}

} // namespace
} // namespace phial::ui
