// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/meeting_view.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;

namespace phial::ui {

class Theme;

/// What stands where there is no transcript yet: how to get one, or what is being done.
class EmptyTranscript : public QWidget {
    Q_OBJECT

public:
    EmptyTranscript(const Theme& theme, QWidget* parent);

    void setMeeting(const MeetingView& meeting);
    /// Offered for a meeting that has none; English name.
    void setDefaultLanguage(const QString& language);
    /// What is going on; empty = nothing.
    void setStatus(const QString& text);
    void focusMain(); ///< the button, when there is one

Q_SIGNALS:
    void transcriptionRequested(const phial::ui::TranscriptionWish& wish);
    void locateRequested(); ///< the sound that is missing

private:
    void refresh();

    MeetingView m_meeting;
    QString m_status;
    QString m_defaultLanguage;
    QLabel* m_title;
    QLabel* m_text;
    QWidget* m_choices;
    QComboBox* m_language;
    QComboBox* m_translation;
    QPushButton* m_go;
    QPushButton* m_locate;
};

} // namespace phial::ui
