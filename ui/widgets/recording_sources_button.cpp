// SPDX-License-Identifier: MIT
#include "ui/widgets/recording_sources_button.h"

#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QActionGroup>
#include <QMenu>

namespace phial::ui {

RecordingSourcesButton::RecordingSourcesButton(const Theme& theme, QWidget* parent)
    : QToolButton(parent)
    , m_menu(new QMenu(this)) {
    setIcon(ui::icon(theme, "chevron-down", IconTone::Muted));
    setIconSize(QSize(14, 14));
    setFocusPolicy(Qt::StrongFocus);
    setPopupMode(QToolButton::InstantPopup);
    setMenu(m_menu);
    setLook(*this, "arrow");
    setToolTip(tr("What is recorded"));
    setAccessibleName(tr("What is recorded"));
    m_menu->setToolTipsVisible(true);
    connect(m_menu, &QMenu::aboutToShow, this, &RecordingSourcesButton::fillMenu);
    fillMenu();
}

void RecordingSourcesButton::setSources(const RecordingSources& sources) {
    m_sources = sources;
    if (!m_menu->isVisible()) { // an open menu keeps its entries
        fillMenu();
    }
}

void RecordingSourcesButton::fillMenu() {
    m_menu->clear();
    delete m_menu->findChild<QActionGroup*>();
    m_menu->addSection(tr("Microphone"));
    auto* group = new QActionGroup(m_menu);
    for (const InputDeviceView& microphone : std::as_const(m_sources.microphones)) {
        QAction* entry = m_menu->addAction(microphone.name);
        entry->setCheckable(true);
        entry->setChecked(microphone.selected);
        group->addAction(entry);
        connect(entry, &QAction::triggered, this,
                [this, id = microphone.id] { Q_EMIT microphoneChosen(id); });
    }
    if (m_sources.microphones.isEmpty()) {
        m_menu->addAction(tr("No microphone found"))->setEnabled(false);
    }
    m_menu->addSeparator();
    const bool there = m_sources.noSystemAudio.isEmpty();
    QAction* both = m_menu->addAction(there ? tr("Also Record What the Computer Plays")
                                            : tr("What the Computer Plays (Not Available Here)"));
    both->setCheckable(true);
    both->setChecked(there && m_sources.systemAudio);
    both->setEnabled(there);
    both->setToolTip(there ? tr("The other side of a call, as a second channel: Me and Others")
                           : m_sources.noSystemAudio);
    connect(both, &QAction::triggered, this, &RecordingSourcesButton::systemAudioChosen);
}

} // namespace phial::ui
