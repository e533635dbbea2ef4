// SPDX-License-Identifier: MIT
#include "ui/meeting/recording_bar.h"

#include "ui/meeting/clock.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/level_meter.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace phial::ui {
namespace {

constexpr int kNarrow = 620;
constexpr int kRoomy = 760;

} // namespace

RecordingBar::RecordingBar(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_state(makeLabel(theme, QString(), 0.95, this))
    , m_meter(new LevelMeter(theme, this))
    , m_disk(makeLabel(theme, QString(), 0.85, this))
    , m_note(new QLineEdit(this))
    , m_bookmark(makeIconButton(theme, "bookmark", tr("Bookmark (Ctrl+B)"), this))
    , m_pause(makeIconButton(theme, "pause", tr("Pause recording"), this))
    , m_stop(makeTextButton(u' ' + tr("Stop"), "outlined", this)) {
    setObjectName(QStringLiteral("recordingBar"));
    setAttribute(Qt::WA_StyledBackground);
    m_state->setFont(theme.font(0.95, QFont::DemiBold));
    setStyleProperty(*m_state, "tone", QStringLiteral("live"));
    setStyleProperty(*m_disk, "tone", QStringLiteral("muted"));
    m_meter->setAccessibleName(tr("Level of the recording"));
    m_meter->setFixedWidth(theme.scaled(90));
    m_note->setPlaceholderText(tr("Note (Enter keeps it with its time)"));
    m_note->setAccessibleName(tr("Note for this moment"));
    m_stop->setIcon(icon(theme, "stop", IconTone::Danger));
    m_stop->setAccessibleName(tr("Stop recording"));
    m_stop->setToolTip(tr("Stop recording (Ctrl+R)"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 4, 12, 4);
    row->setSpacing(8);
    row->addWidget(m_state);
    row->addWidget(m_meter);
    row->addWidget(m_disk);
    row->addWidget(m_note, 1);
    row->addWidget(m_bookmark);
    row->addWidget(m_pause);
    row->addWidget(m_stop);
    connect(m_note, &QLineEdit::returnPressed, this, [this] {
        if (!m_note->text().trimmed().isEmpty()) {
            Q_EMIT noteWritten(m_note->text().trimmed());
            m_note->clear();
        }
    });
    connect(m_bookmark, &QToolButton::clicked, this, &RecordingBar::bookmarkRequested);
    connect(m_stop, &QPushButton::clicked, this, &RecordingBar::stopRequested);
    connect(m_pause, &QToolButton::clicked, this, [this] {
        if (m_view.phase == RecordingPhase::Paused) {
            Q_EMIT resumeRequested();
        } else {
            Q_EMIT pauseRequested();
        }
    });
    hide();
}

void RecordingBar::setRecording(const RecordingView& recording) {
    if (recording.phase == RecordingPhase::Opening) {
        m_level = {};
        m_meter->reset();
    }
    m_view = recording;
    setVisible(this->recording());
    refresh();
}

void RecordingBar::setLevel(const RecordingLevel& level) {
    const bool other = int(level.seconds) != int(m_level.seconds) ||
                       int(level.diskSecondsLeft / 600) != int(m_level.diskSecondsLeft / 600);
    m_level = level;
    LevelView view;
    view.peak = level.peak;
    view.rms = level.rms;
    view.clipped = level.clipped;
    view.veryQuiet = !m_view.detail.isEmpty();
    view.elapsedMs = qint64(level.seconds * 1000);
    m_meter->setLevel(view);
    if (other) {
        refresh();
    }
}

void RecordingBar::refresh() {
    const QString clock = clockText(m_level.seconds);
    QString state;
    switch (m_view.phase) {
    case RecordingPhase::Idle:
        break;
    case RecordingPhase::Opening:
        state = tr("● Starting…");
        break;
    case RecordingPhase::Recording:
        state = m_view.systemAudio && width() >= m_theme.scaled(kRoomy)
                    ? tr("● Recording %1 · you and the computer").arg(clock)
                    : tr("● Recording %1").arg(clock);
        if (!m_view.detail.isEmpty()) {
            state += QStringLiteral(" · ") + m_view.detail;
        }
        break;
    case RecordingPhase::Paused:
        state = tr("❚❚ Paused at %1").arg(clock);
        break;
    case RecordingPhase::Stalled:
        state = tr("▲ No sound arrives · %1 kept").arg(clock);
        break;
    case RecordingPhase::Unplugged:
        state = tr("▲ Microphone gone · %1 kept").arg(clock);
        break;
    }
    if (m_state->text() != state) {
        m_state->setText(state);
    }
    m_state->setToolTip(m_view.detail);
    const double hours = m_level.diskSecondsLeft / 3600;
    m_disk->setText(m_level.diskSecondsLeft < 0 ? QString()
                    : hours < 1 ? tr("room for %1 min").arg(int(m_level.diskSecondsLeft / 60))
                                : tr("room for %1 h").arg(int(hours)));
    const bool paused = m_view.phase == RecordingPhase::Paused;
    const QString name = paused ? tr("Go on recording") : tr("Pause recording");
    m_pause->setIcon(icon(m_theme, paused ? "record" : "pause"));
    m_pause->setToolTip(name);
    m_pause->setAccessibleName(name);
    const bool narrow = width() < m_theme.scaled(kNarrow);
    m_disk->setVisible(!narrow && !m_disk->text().isEmpty());
    const bool wordy = m_view.phase == RecordingPhase::Stalled || // more words before it
                       m_view.phase == RecordingPhase::Unplugged || !m_view.detail.isEmpty();
    m_note->setVisible(width() > m_theme.scaled(wordy ? 620 : 500));
}

void RecordingBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    refresh();
}

} // namespace phial::ui
