// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/meeting_view.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QFormLayout;

namespace phial::ui {

class Theme;
class TimedText;

/// The translation that stands beside the transcript.
class TranslationPanel : public QWidget {
    Q_OBJECT

public:
    TranslationPanel(const Theme& theme, QWidget* parent);

    void setMeeting(const MeetingView& meeting);
    void setDefault(const QString& language); ///< of meetings without a translation
    void setStatus(const QString& text);
    void setSelection(int lines);
    bool shown() const; ///< beside the transcript

Q_SIGNALS:
    void translationRequested(const QString& language);
    void linesRequested(const QString& language); ///< the selected ones, anew
    void shownChanged(bool shown);

private:
    void refresh();
    QString chosen() const;

    MeetingView m_meeting;
    QString m_status;
    QString m_default;
    int m_lines = 0;
    QComboBox* m_language;
    QPushButton* m_translate;
    QPushButton* m_again;
    QCheckBox* m_shown;
    QLabel* m_note;
};

/// Questions about the meeting.
class AskPanel : public QWidget {
    Q_OBJECT

public:
    AskPanel(const Theme& theme, QWidget* parent);

    void setTurns(const QList<AskTurn>& turns);
    void setAnswering(bool answering);
    void setReady(bool ready); ///< there is something to ask about

Q_SIGNALS:
    void asked(const QString& question);
    void stopRequested();
    void timeActivated(double seconds);

private:
    void send();
    void refresh();

    TimedText* m_text;
    QLineEdit* m_question;
    QPushButton* m_send;
    bool m_answering = false;
    bool m_ready = false;
};

/// What is known of the meeting, the user's notes and bookmarks.
class DetailsPanel : public QWidget {
    Q_OBJECT

public:
    DetailsPanel(const Theme& theme, QWidget* parent);

    void setMeeting(const MeetingView& meeting);

Q_SIGNALS:
    void renamed(const QString& meeting, const QString& title);
    void notesChanged(const QString& meeting, const QString& markdown);
    void timeActivated(double seconds);

private:
    void keepNotes();

    const Theme& m_theme;
    QString m_id;
    QLineEdit* m_title;
    QFormLayout* m_rows;
    QPlainTextEdit* m_notes;
    TimedText* m_marks;
    QString m_kept;
};

} // namespace phial::ui
