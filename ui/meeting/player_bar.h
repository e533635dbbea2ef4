// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/meeting_view.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QToolButton;

namespace phial::ui {

class Theme;
class Waveform;

/// Player of a meeting: play, five seconds back and on, waveform, place, speed.
class PlayerBar : public QWidget {
    Q_OBJECT

public:
    PlayerBar(const Theme& theme, QWidget* parent);

    void setMeeting(const MeetingView& meeting);
    void setPeaks(const QByteArray& peaks);
    void setPlayback(const PlaybackView& playback);
    void setLoop(double from, double to);

    bool loops() const { return m_loops; }

    const PlaybackView& playback() const { return m_playback; }

    void skip(double seconds);
    void togglePlay();

Q_SIGNALS:
    void playRequested(double seconds);
    void pauseRequested();
    void seekRequested(double seconds);
    void speedChosen(double speed);

private:
    void refresh();

    const Theme& m_theme;
    QToolButton* m_play;
    QToolButton* m_back;
    QToolButton* m_on;
    Waveform* m_wave;
    QLabel* m_place;
    QComboBox* m_speed;
    bool m_loops = false;
    double m_seconds = 0;
    PlaybackView m_playback;
};

} // namespace phial::ui
