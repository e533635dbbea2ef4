// SPDX-License-Identifier: MIT
// Tools, keys and menus of the meeting's page.
#include "ui/contracts/languages.h"
#include "ui/contracts/media_types.h"
#include "ui/meeting/find_bar.h"
#include "ui/meeting/meeting_page.h"
#include "ui/meeting/player_bar.h"
#include "ui/meeting/summary_panel.h"
#include "ui/meeting/transcript_view.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QInputDialog>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QShortcut>
#include <QTabBar>
#include <QToolButton>

namespace phial::ui {
namespace {

constexpr double kSkip = 5;

} // namespace

void MeetingPage::buildTools() {
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_more->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(this);
    m_more->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        menu->clear();
        fillMenu(*menu);
    });
    connect(m_find, &QToolButton::clicked, this, &MeetingPage::openFind);
    connect(m_undo, &QToolButton::clicked, this, &MeetingPage::undoRequested);
    connect(m_export, &QToolButton::clicked, this, &MeetingPage::exportRequested);
    connect(m_follow, &QToolButton::clicked, this,
            [this](bool checked) { m_transcript->setFollowing(checked); });
    connect(m_panelSwitch, &QToolButton::clicked, this, [this] {
        m_panelShown = !m_panelShown;
        arrange();
    });
    connect(m_transcript, &TranscriptView::menuRequested, this, [this](const QPoint& at) {
        auto* popup = new QMenu(this);
        popup->setAttribute(Qt::WA_DeleteOnClose);
        fillMenu(*popup);
        popup->popup(at);
    });
    const auto shortcut = [this](const QKeySequence& keys, const std::function<void()>& action) {
        auto* added = new QShortcut(keys, this);
        added->setContext(Qt::WidgetWithChildrenShortcut);
        connect(added, &QShortcut::activated, this, action);
    };
    shortcut(Qt::CTRL | Qt::Key_Left, [this] { m_player->skip(-kSkip); });
    shortcut(Qt::CTRL | Qt::Key_Right, [this] { m_player->skip(kSkip); });
    shortcut(Qt::CTRL | Qt::Key_G, [this] { m_transcript->setFollowing(true); });
    shortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_E, [this] { Q_EMIT exportRequested(); });
    shortcut(QKeySequence::Undo, [this] { undo(); });
    shortcut(QKeySequence::Redo, [this] { Q_EMIT redoRequested(); });
    shortcut(Qt::Key_F8, [this] {
        m_panelShown = !m_panelShown;
        arrange();
    });
    setUndo(false);
}

/// Of what one is at: the summary or the transcript.
void MeetingPage::undo() {
    if (m_summary->isAncestorOf(QApplication::focusWidget())) {
        m_summary->undo();
    } else {
        Q_EMIT undoRequested();
    }
}

void MeetingPage::openFind() {
    if (m_narrow) {
        m_tabs->setCurrentIndex(0);
    }
    m_findBar->open();
}

bool MeetingPage::escape() {
    if (m_transcript->editing()) {
        m_transcript->closeEditor();
        return true;
    }
    if (m_summary->giveUp()) {
        return true;
    }
    if (m_findBar->isVisible()) {
        m_findBar->hide();
        Q_EMIT m_findBar->closed();
        return true;
    }
    return false;
}

void MeetingPage::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Space && event->modifiers() == Qt::NoModifier) {
        m_player->togglePlay();
    } else {
        QWidget::keyPressEvent(event);
    }
}

/// What concerns the chosen lines.
void MeetingPage::addLineEntries(QMenu& menu) {
    const LineView line = m_transcript->currentLine();
    const QList<qint64> chosen = m_transcript->selectedLines();
    if (line.id != 0) {
        menu.addAction(tr("Play from Here\tEnter"), this,
                       [this, line] { Q_EMIT playRequested(line.start); });
        menu.addAction(tr("Edit\tF2"), this, [this, line] { m_transcript->editLine(line.id); });
        menu.addAction(tr("Copy Text"), this, [this] { m_transcript->copyLines(); });
        const qint64 next = m_transcript->lineAfter(line.id);
        if (next != 0) {
            menu.addAction(tr("Join with the Next Line"), this,
                           [this, line] { Q_EMIT joined(line.id, line.id, line.text); });
        }
        menu.addAction(tr("Speaker…"), this, &MeetingPage::chooseSpeaker);
        if (!line.speaker.isEmpty()) {
            menu.addAction(tr("Rename “%1” Everywhere…").arg(line.speaker), this, [this, line] {
                auto* dialog = new QInputDialog(this); // open(), never exec()
                dialog->setAttribute(Qt::WA_DeleteOnClose);
                dialog->setWindowTitle(tr("Rename Speaker"));
                dialog->setLabelText(tr("New name of “%1” in all lines").arg(line.speaker));
                dialog->setTextValue(line.speaker);
                connect(dialog, &QInputDialog::textValueSelected, this,
                        [this, from = line.speaker](const QString& to) {
                            Q_EMIT speakerRenamed(from, to.trimmed());
                        });
                dialog->open();
            });
        }
        menu.addAction(chosen.size() > 1
                           ? tr("Transcribe %n Lines Again", nullptr, int(chosen.size()))
                           : tr("Transcribe Line Again"),
                       this, [this, chosen] { Q_EMIT linesAgainRequested(chosen); });
        if (!m_meeting.translationLanguage.isEmpty()) {
            menu.addAction(tr("Translate Again"), this, [this, chosen] {
                Q_EMIT translationRequested(m_meeting.translationLanguage, chosen);
            });
        }
        double from = line.start;
        double to = line.end;
        const QModelIndexList rows = m_transcript->selectionModel()->selectedIndexes();
        for (const QModelIndex& index : rows) {
            const LineView other = index.data(LineRole).value<LineView>();
            from = std::min(from, other.start);
            to = std::max(to, other.end);
        }
        menu.addAction(tr("Play Selection Over and Over"), this, [this, from, to] {
            m_player->setLoop(from, to);
            Q_EMIT loopRequested(from, to);
            Q_EMIT playRequested(from);
        });
        if (m_meeting.hasSound) {
            menu.addAction(tr("Export This Sound…"), this, &MeetingPage::clipRequested);
        }
        if (!line.versions.isEmpty()) {
            QMenu* versions = menu.addMenu(tr("Older Versions"));
            for (int i = 0; i < int(line.versions.size()); ++i) {
                versions->addAction(versions->fontMetrics().elidedText(
                                        line.versions[i], Qt::ElideRight, m_theme.scaled(420)),
                                    this, [this, id = line.id, i] { Q_EMIT versionChosen(id, i); });
            }
        }
        menu.addSeparator();
    }
}

/// What is spoken: it counts for everything that is transcribed from now on.
void MeetingPage::addLanguages(QMenu& menu) {
    QMenu* spoken = menu.addMenu(tr("Spoken Language"));
    const auto add = [this, spoken](const QString& name, const QString& english) {
        QAction* entry = spoken->addAction(
            name, this, [this, english] { Q_EMIT languageChosen(m_meeting.id, english); });
        entry->setCheckable(true);
        entry->setChecked(m_meeting.language == english);
    };
    add(tr("Automatic"), {});
    const QList<Language> languages = speechLanguages();
    for (const Language& language : languages) {
        add(language.name, language.englishName);
    }
}

void MeetingPage::fillMenu(QMenu& menu) {
    addLineEntries(menu);
    if (m_player->loops()) {
        menu.addAction(tr("Stop Playing Over and Over"), this, [this] {
            m_player->setLoop(0, 0);
            Q_EMIT loopRequested(0, 0);
        });
    }
    menu.addAction(tr("Follow What Is Played\tCtrl+G"), this,
                   [this] { m_transcript->setFollowing(true); });
    menu.addAction(tr("Undo\tCtrl+Z"), this, &MeetingPage::undoRequested)
        ->setEnabled(m_undoPossible);
    menu.addAction(tr("Redo\tCtrl+Shift+Z"), this, &MeetingPage::redoRequested);
    const QAbstractItemModel* model = m_transcript->model();
    const bool some = model != nullptr && model->rowCount() > 0;
    if (m_transcriptionStatus.isEmpty() && m_meeting.hasSound) {
        if (some && m_meeting.state == TranscriptState::Partial) {
            menu.addAction(tr("Go On Transcribing"), this, [this] {
                Q_EMIT transcriptionRequested({.language = m_meeting.language, .translateTo = {}});
            });
        }
        if (some) {
            menu.addAction(tr("Transcribe All Lines Again"), this,
                           [this] { Q_EMIT linesAgainRequested({}); });
        }
    }
    if (m_meeting.hasSound) {
        addLanguages(menu);
    }
    if (m_meeting.soundCanBeLocated) {
        menu.addAction(tr("Locate the Sound…"), this, &MeetingPage::locateSound);
    }
    menu.addAction(tr("Export…\tCtrl+Shift+E"), this, &MeetingPage::exportRequested)
        ->setEnabled(m_export->isEnabled());
    menu.addSeparator();
    menu.addAction(tr("Move to Trash"), this, &MeetingPage::deleteRequested)
        ->setEnabled(!m_meeting.beingRecorded);
}

/// Of the meeting that is on the page now: another one may be when a file is chosen.
void MeetingPage::locateSound() {
    auto* dialog = new QFileDialog(this, tr("Locate the Sound of “%1”").arg(m_meeting.title));
    dialog->setAttribute(Qt::WA_DeleteOnClose); // open(), never exec()
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters(recordingFilters());
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, id = m_meeting.id](const QString& path) { Q_EMIT soundLocated(id, path); });
    dialog->open();
}

void MeetingPage::chooseSpeaker() {
    const QList<qint64> chosen = m_transcript->selectedLines();
    auto* dialog = new QInputDialog(this); // open(), never exec()
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Speaker"));
    dialog->setLabelText(tr("Who says this?"));
    dialog->setComboBoxItems(m_meeting.speakers);
    dialog->setComboBoxEditable(true);
    dialog->setTextValue(m_transcript->currentLine().speaker);
    dialog->findChild<QComboBox*>()->lineEdit()->setAccessibleName(dialog->labelText());
    connect(dialog, &QInputDialog::textValueSelected, this,
            [this, chosen](const QString& name) { Q_EMIT speakerChosen(chosen, name.trimmed()); });
    dialog->open();
}

} // namespace phial::ui
