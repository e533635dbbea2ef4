// SPDX-License-Identifier: MIT
// What the window does for meetings besides the pages: menu, import, drops, state.
#include "ui/contracts/media_types.h"
#include "ui/main_window.h"
#include "ui/meeting/meeting_page.h"
#include "ui/meeting/queue_dialog.h"
#include "ui/meeting/recording_bar.h"
#include "ui/meeting/search_page.h"
#include "ui/meeting/trash_page.h"
#include "ui/pages/home_page.h"
#include "ui/widgets/mime_sources.h"
#include "ui/widgets/sidebar.h"
#include "ui/widgets/status_line.h"
#include "ui/widgets/title_strip.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QStackedWidget>

namespace phial::ui {

void MainWindow::addMeetingEntries(QMenu& menu) {
    const auto entry = [this, &menu](const QString& text, const QKeySequence& keys,
                                     const std::function<void()>& action) {
        QAction* added = menu.addAction(text, this, action);
        added->setShortcut(keys);
        addAction(added); // so that the shortcut works while the menu is closed
    };
    entry(tr("Record a Meeting, or Stop"), QKeySequence(Qt::CTRL | Qt::Key_R),
          [this] { Q_EMIT recordingToggled(); });
    entry(tr("Bookmark This Moment"), QKeySequence(Qt::CTRL | Qt::Key_B), [this] {
        if (m_recordingBar->recording()) {
            Q_EMIT bookmarkRequested();
        }
    });
    entry(tr("Import Recordings…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O),
          [this] { importFiles(); });
    entry(tr("Import a Folder…"), {}, [this] { importFolder(); });
    entry(tr("Search All Meetings"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F), [this] {
        showPage(Page::Search);
        m_searchPage->focusSearch();
    });
    entry(tr("Queue"), QKeySequence(Qt::CTRL | Qt::Key_J), [this] { m_queueDialog->show(); });
    entry(tr("Trash"), {}, [this] {
        Q_EMIT trashOpened();
        showPage(Page::Trash);
    });
}

void MainWindow::connectMeetings() {
    connect(m_title, &TitleStrip::recordRequested, this, &MainWindow::recordingToggled);
    connect(m_title, &TitleStrip::microphoneChosen, this, &MainWindow::inputDeviceChosen);
    connect(m_title, &TitleStrip::systemAudioChosen, this, &MainWindow::systemAudioChosen);
    connect(m_sidebar, &Sidebar::meetingOpened, this, [this](const QString& id) {
        showPage(Page::Meeting);
        placeSidebar();
        Q_EMIT meetingOpened(id);
    });
    connect(m_sidebar, &Sidebar::meetingRenameRequested, this, &MainWindow::meetingRenamed);
    connect(m_sidebar, &Sidebar::meetingDeleteRequested, this, &MainWindow::meetingDeleted);
    connect(m_home, &HomePage::recordRequested, this, [this] {
        if (!m_recordingBar->recording()) { // its card must not end what runs
            Q_EMIT recordingToggled();
        }
    });
    connect(m_home, &HomePage::importRequested, this, &MainWindow::importFiles);
    connect(m_home, &HomePage::searchRequested, this, [this] { showPage(Page::Search); });
    connect(m_recordingBar, &RecordingBar::bookmarkRequested, this, &MainWindow::bookmarkRequested);
    connect(m_recordingBar, &RecordingBar::stopRequested, this, &MainWindow::recordingToggled);
    connect(m_searchPage, &SearchPage::closeRequested, this, &MainWindow::showDocument);
    connect(m_trashPage, &TrashPage::closeRequested, this, &MainWindow::showDocument);
    connect(m_status, &StatusLine::queueOpened, m_queueDialog, &QWidget::show);
    connect(m_status, &StatusLine::queueCancelRequested, this, &MainWindow::queueCancelled);
}

void MainWindow::setCurrentMeeting(const QString& id, const QString& title) {
    m_meetingId = id;
    m_meetingTitle = title;
    showTitle();
}

void MainWindow::setRecording(const RecordingView& recording) {
    m_recordingBar->setRecording(recording);
    m_title->setRecordingMeeting(recording.phase != RecordingPhase::Idle);
}

void MainWindow::setRecordingSources(const RecordingSources& sources) {
    m_title->setRecordingSources(sources);
}

void MainWindow::setQueue(const QList<QueueItem>& items) {
    m_queueDialog->setItems(items);
    m_status->setQueue(items);
}

void MainWindow::showDocument() {
    showPage(m_document);
}

void MainWindow::askBeforeClosing() {
    auto* question = new QMessageBox(this); // open(), never exec()
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setIcon(QMessageBox::Question);
    question->setWindowTitle(tr("A Meeting Is Being Recorded"));
    question->setText(tr("Stop recording and quit?"));
    question->setInformativeText(tr("What was recorded so far is kept."));
    QPushButton* yes = question->addButton(tr("Stop and Quit"), QMessageBox::AcceptRole);
    question->setDefaultButton(question->addButton(tr("Keep Recording"), QMessageBox::RejectRole));
    connect(yes, &QPushButton::clicked, this, [this] {
        m_closeAgreed = true; // whoever owns the recording ends and keeps it
        close();
    });
    question->open();
}

void MainWindow::importFiles() {
    auto* dialog = new QFileDialog(this, tr("Import Recordings")); // open(), never exec()
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    dialog->setNameFilters(recordingFilters());
    connect(dialog, &QFileDialog::filesSelected, this, &MainWindow::importRequested);
    dialog->open();
}

void MainWindow::importFolder() {
    auto* dialog = new QFileDialog(this, tr("Import a Folder"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this](const QString& folder) { Q_EMIT importRequested({folder}); });
    dialog->open();
}

/// Over the list of meetings or a meeting, a recording becomes a meeting; over a chat it becomes a
/// part of the message.
bool MainWindow::importsAt(const QPoint& place) const {
    const bool overList =
        m_sidebar->isVisible() && m_sidebar->rect().contains(m_sidebar->mapFrom(this, place));
    return overList || m_pages->currentWidget() != m_chatPage;
}

QList<OfferedItem> MainWindow::offered(const QMimeData& offer, const QPoint& place,
                                       Bytes bytes) const {
    QList<OfferedItem> items = offeredItems(offer, bytes);
    for (OfferedItem& item : items) {
        if (!item.source.path.isEmpty() && QFileInfo(item.source.path).isDir()) {
            item.accepted = true;
            item.kind = AttachmentKind::Audio;
            item.explanation = tr("Folder: its recordings become meetings");
        } else if (item.accepted && item.kind == AttachmentKind::Audio && importsAt(place)) {
            item.explanation = tr("Recording: becomes a meeting and is transcribed");
        }
    }
    return items;
}

} // namespace phial::ui
