// SPDX-License-Identifier: MIT
// Drops, keys, menus and dialogs of the window.
#include "ui/contracts/media_types.h"
#include "ui/main_window.h"
#include "ui/meeting/meeting_page.h"
#include "ui/pages/models_page.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/drop_overlay.h"
#include "ui/widgets/mime_sources.h"
#include "ui/widgets/sidebar.h"
#include "ui/widgets/title_strip.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QActionGroup>
#include <QApplication>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QShortcut>
#include <QStackedWidget>
#include <QToolButton>

#include <algorithm>

namespace phial::ui {
namespace {

constexpr int kZoomStep = 10;

/// Whether Space already means something there.
bool takesSpace(const QWidget* widget) {
    return qobject_cast<const QPlainTextEdit*>(widget) != nullptr ||
           qobject_cast<const QLineEdit*>(widget) != nullptr ||
           qobject_cast<const QAbstractButton*>(widget) != nullptr ||
           qobject_cast<const QAbstractItemView*>(widget) != nullptr;
}

QString droppedFolder(const QMimeData& data) {
    const QList<QUrl> urls = data.urls();
    if (urls.size() == 1 && urls.first().isLocalFile() &&
        QFileInfo(urls.first().toLocalFile()).isDir()) {
        return urls.first().toLocalFile();
    }
    return {};
}

} // namespace

void MainWindow::addShortcut(const QKeySequence& keys, const std::function<void()>& action) {
    auto* shortcut = new QShortcut(keys, this);
    connect(shortcut, &QShortcut::activated, this, action);
}

void MainWindow::buildMenu() {
    const auto entry = [this](QMenu& menu, const QString& text, const QKeySequence& keys,
                              const std::function<void()>& action) {
        QAction* added = menu.addAction(text, this, action);
        added->setShortcut(keys);
        addAction(added); // so that the shortcut works while the menu is closed
        return added;
    };
    entry(*m_menu, tr("New Chat"), QKeySequence::New, [this] {
        showPage(Page::Chat);
        Q_EMIT newConversationRequested();
        m_composer->focusText();
    });
    entry(*m_menu, tr("Add Pictures or Recordings…"), QKeySequence::Open, [this] { openFiles(); });
    entry(*m_menu, tr("Search"), QKeySequence::Find, [this] {
        if (m_pages->currentWidget() == m_meetingPage) {
            m_meetingPage->openFind();
            return;
        }
        if (!m_sidebar->isVisible()) {
            toggleSidebar();
        }
        m_sidebar->focusSearch();
    });
    entry(*m_menu, tr("Dictate, or Stop Dictating"), QKeySequence(Qt::CTRL | Qt::Key_D), [this] {
        showPage(Page::Chat);
        if (m_composer->capturing()) {
            Q_EMIT captureEndRequested(CaptureEnd::Attach, m_composer->draft());
        } else {
            Q_EMIT captureStartRequested();
        }
    });
    m_menu->addSeparator();
    addMeetingEntries(*m_menu);
    m_menu->addSeparator();
    QMenu* view = m_menu->addMenu(tr("View"));
    auto* themes = new QActionGroup(this);
    const auto theme = [&](const QString& text, ThemeChoice choice) {
        QAction* added = view->addAction(text, this, [this, choice] { chooseTheme(choice); });
        added->setCheckable(true);
        added->setChecked(m_theme.choice() == choice);
        themes->addAction(added);
        connect(&m_theme, &Theme::changed, added,
                [this, added, choice] { added->setChecked(m_theme.choice() == choice); });
    };
    theme(tr("Colors as in the System"), ThemeChoice::System);
    theme(tr("Light"), ThemeChoice::Light);
    theme(tr("Dark"), ThemeChoice::Dark);
    view->addSeparator();
    entry(*view, tr("List of Conversations and Meetings"), QKeySequence(Qt::Key_F9),
          [this] { toggleSidebar(); });
    entry(*view, tr("Larger Letters"), QKeySequence::ZoomIn,
          [this] { chooseZoom(m_theme.zoomPercent() + kZoomStep); });
    entry(*view, tr("Smaller Letters"), QKeySequence::ZoomOut,
          [this] { chooseZoom(m_theme.zoomPercent() - kZoomStep); });
    entry(*view, tr("Letters as in the System"), QKeySequence(Qt::CTRL | Qt::Key_0),
          [this] { chooseZoom(100); });
    entry(*view, tr("Full Screen"), QKeySequence(Qt::Key_F11),
          [this] { isFullScreen() ? showNormal() : showFullScreen(); });
    m_menu->addSeparator();
    entry(*m_menu, tr("Models…"), QKeySequence(Qt::CTRL | Qt::Key_M),
          [this] { showPage(Page::Models); });
    entry(*m_menu, tr("Keyboard Shortcuts"), QKeySequence::HelpContents,
          [this] { showPage(Page::Shortcuts); });
    m_menu->addSeparator();
    entry(*m_menu, tr("Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });
    m_title->setMainMenu(m_menu);

    addShortcut(QKeySequence(Qt::CTRL | Qt::Key_Equal),
                [this] { chooseZoom(m_theme.zoomPercent() + kZoomStep); });
    addShortcut(QKeySequence(Qt::CTRL | Qt::Key_L), [this] {
        showPage(Page::Chat);
        m_composer->focusText();
    });
    addShortcut(QKeySequence(Qt::Key_F10), [this] { m_title->openMenu(); });
    addShortcut(QKeySequence(Qt::Key_Escape), [this] { escape(); });
}

void MainWindow::chooseTheme(ThemeChoice choice) {
    m_theme.setChoice(choice);
    Q_EMIT themeChosen(choice);
}

void MainWindow::chooseZoom(int percent) {
    m_theme.setZoomPercent(percent);
    Q_EMIT zoomChosen(m_theme.zoomPercent());
}

void MainWindow::escape() {
    m_spaceHeld = false;
    m_spaceReleased.stop();
    if (m_pages->currentWidget() == m_meetingPage) {
        m_meetingPage->escape();
    } else if (m_pages->currentWidget() != m_chatPage) {
        showDocument();
    } else if (m_composer->escape()) {
        return;
    } else if (m_answering) {
        Q_EMIT stopRequested();
    } else if (m_sidebarChoice == SidebarChoice::Shown) {
        m_sidebarChoice = SidebarChoice::Automatic;
        placeSidebar();
        m_composer->focusText();
    }
}

void MainWindow::openFiles() {
    const auto patterns = [](const QStringList& suffixes) {
        return QStringLiteral("*.") + suffixes.join(QStringLiteral(" *."));
    };
    const QString images = patterns(imageSuffixes());
    const QString sounds = patterns(audioSuffixes());
    auto* dialog = new QFileDialog(this, tr("Add Pictures or Recordings")); // open(), never exec()
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    dialog->setNameFilters({tr("Pictures and recordings (%1 %2)").arg(images, sounds),
                            tr("Pictures (%1)").arg(images), tr("Recordings (%1)").arg(sounds)});
    connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList& files) {
        QList<AttachmentSource> sources;
        for (const QString& file : files) {
            sources.append({.path = file});
        }
        showPage(Page::Chat);
        Q_EMIT sourcesOffered(sources);
    });
    dialog->open();
}

QString MainWindow::modelFolder(const QMimeData& offer) const {
    const QString folder = droppedFolder(offer);
    // On the page of models any folder is meant as one, and told what it lacks.
    return m_pages->currentWidget() == m_modelsPage ||
                   QFileInfo::exists(folder + QStringLiteral("/config.json"))
               ? folder
               : QString();
}

// A refused drag must still be told when it leaves, so entering is always accepted; whether a drop
// is possible is answered by the move events, which set the cursor.
void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    const QMimeData& offer = *event->mimeData();
    QList<OfferedItem> items = offered(offer, event->position().toPoint(), Bytes::Leave);
    if (!items.isEmpty() && !modelFolder(offer).isEmpty()) {
        items.first().accepted = true;
        items.first().explanation = tr("Folder of a model: will be checked and listed");
    }
    if (items.isEmpty() && !offer.hasText()) {
        return;
    }
    m_drop->setItems(items);
    m_drop->setVisible(!items.isEmpty());
    m_drop->raise();
    event->acceptProposedAction();
}

void MainWindow::dragMoveEvent(QDragMoveEvent* event) {
    const QString folder = droppedFolder(*event->mimeData());
    if (folder.isEmpty() && !m_drop->items().isEmpty()) { // it may have come over the list
        m_drop->setItems(offered(*event->mimeData(), event->position().toPoint(), Bytes::Leave));
    }
    const QList<OfferedItem>& items = m_drop->items();
    const bool any =
        items.isEmpty() || std::any_of(items.begin(), items.end(),
                                       [](const OfferedItem& item) { return item.accepted; });
    any ? event->acceptProposedAction() : event->ignore();
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*) {
    m_drop->hide();
}

void MainWindow::dropEvent(QDropEvent* event) {
    m_drop->hide();
    const QMimeData& offer = *event->mimeData();
    if (const QString folder = modelFolder(offer); !folder.isEmpty()) {
        event->acceptProposedAction();
        Q_EMIT modelFolderDropped(folder);
        return;
    }
    const QPoint place = event->position().toPoint();
    QList<OfferedItem> items = offered(offer, place, Bytes::Copy);
    QStringList meetings;
    for (OfferedItem& item : items) {
        const bool sound = item.accepted && item.kind == AttachmentKind::Audio;
        if (sound && (importsAt(place) || QFileInfo(item.source.path).isDir())) {
            meetings.append(item.source.path);
            item.accepted = false; // it is no part of a message
        }
    }
    if (!meetings.isEmpty()) {
        event->acceptProposedAction();
        Q_EMIT importRequested(meetings);
    }
    const QList<AttachmentSource> sources = acceptedSources(items);
    if (!sources.isEmpty()) {
        event->acceptProposedAction();
        showPage(Page::Chat);
        Q_EMIT sourcesOffered(sources);
        m_composer->focusText();
    } else if (meetings.isEmpty() && offer.hasText() && !offer.hasUrls()) {
        event->acceptProposedAction();
        const QString before = m_composer->draft().text;
        m_composer->setText(before.isEmpty() ? offer.text() : before + u'\n' + offer.text());
        m_composer->focusText();
    }
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
    // Typing anywhere is meant for the message.
    const QString text = event->text();
    const bool plain =
        !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
    if (plain && !text.isEmpty() && text.front().isPrint() && text != QStringLiteral(" ") &&
        m_pages->currentWidget() == m_chatPage && !m_composer->capturing()) {
        m_composer->focusText();
        m_composer->setText(m_composer->draftText() + text);
        return;
    }
    QMainWindow::keyPressEvent(event);
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress || event->type() == QEvent::KeyRelease) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool plainSpace = key->key() == Qt::Key_Space && key->modifiers() == Qt::NoModifier;
        if (plainSpace && m_spaceHeld) {
            // An X server repeats a held key as release and press, and the two are not always
            // recognised as such: only a release that no press follows is one.
            if (event->type() == QEvent::KeyPress) {
                m_spaceReleased.stop();
            } else if (!key->isAutoRepeat()) {
                m_spaceReleased.start();
            }
            return true;
        }
        const auto* widget = qobject_cast<QWidget*>(watched);
        if (plainSpace && event->type() == QEvent::KeyPress && !key->isAutoRepeat() &&
            isActiveWindow() && widget != nullptr && widget->window() == this &&
            !takesSpace(QApplication::focusWidget()) && m_pages->currentWidget() == m_chatPage &&
            !m_composer->capturing()) {
            m_spaceHeld = true;
            m_composer->beginHold();
            return true;
        }
    } else if (event->type() == QEvent::WindowDeactivate && watched == this && m_spaceHeld) {
        m_spaceHeld = false;
        m_spaceReleased.stop();
        m_composer->abandonHold();
    }
    return QMainWindow::eventFilter(watched, event);
}

} // namespace phial::ui
