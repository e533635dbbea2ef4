// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/meeting_view.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace phial::ui {

class LevelMeter;
class Theme;

/// Stands over every page while a meeting is recorded: state, time, level, room on the disk, a
/// field for notes, and bookmark, pause and stop. Red, and in words.
class RecordingBar : public QWidget {
    Q_OBJECT

public:
    RecordingBar(const Theme& theme, QWidget* parent);

    void setRecording(const RecordingView& recording);
    void setLevel(const RecordingLevel& level);

    bool recording() const { return m_view.phase != RecordingPhase::Idle; }

Q_SIGNALS:
    void stopRequested();
    void pauseRequested();
    void resumeRequested();
    void bookmarkRequested();
    void noteWritten(const QString& text);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();

    const Theme& m_theme;
    QLabel* m_state;
    LevelMeter* m_meter;
    QLabel* m_disk;
    QLineEdit* m_note;
    QToolButton* m_bookmark;
    QToolButton* m_pause;
    QPushButton* m_stop;
    RecordingView m_view;
    RecordingLevel m_level;
};

} // namespace phial::ui
