// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/meeting_view.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QMenu;
class QPushButton;
class QToolButton;

namespace phial::ui {

class SummaryEditor;
class Theme;
class TimedText;

/// Summaries of the meeting: one for each template that was asked for. They are edited in place, as
/// text; made again, as a whole or in part; and what they said before can be brought back. Says
/// what the user wants; what is not given up when the panel is left is kept.
class SummaryPanel : public QWidget {
    Q_OBJECT

public:
    SummaryPanel(const Theme& theme, QWidget* parent);

    void setMeeting(const MeetingView& meeting);
    /// What is offered first; empty = the first kind, and as spoken.
    void setDefaults(const QString& name, const QString& language);
    /// What is going on about summaries; empty = nothing.
    void setStatus(const QString& text);
    /// Why the last one could not be made; empty = it could.
    void setProblem(const QString& sentence);

    /// Begins to edit the shown summary.
    void edit();
    /// Goes on with an edit that could not be saved.
    void editAgain(const QString& name, const QString& text);
    bool editing() const;

    /// Ends the editor without keeping anything. False when there was none.
    bool giveUp();

    /// Brings back what the shown summary said before.
    void undo();

Q_SIGNALS:
    void summaryRequested(const phial::ui::SummaryWish& wish);
    void partRequested(const phial::ui::SummaryPartWish& wish);
    void cancelRequested();
    void edited(const QString& meeting, const QString& name, const QString& text);
    void versionChosen(const QString& meeting, const QString& name, qint64 version);
    void exportRequested(const QString& name);
    void timeActivated(double seconds);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void buildControls();
    void connectParts();
    void refresh();
    void refreshNote(const SummaryView* shown);
    const SummaryView* shown() const; ///< null when there is none of the chosen kind
    void request();
    void keep();
    void closeEditor();
    void fillMenu(QMenu& menu);
    void addParts(QMenu& menu, const SummaryView& summary);
    void openTextMenu(const QPoint& at);
    QString textOfLine() const;
    const SummaryPartView* partAt(int block) const;

    const Theme& m_theme;
    MeetingView m_meeting;
    QString m_status;
    QString m_problem;
    QString m_edited; ///< name of the summary in the editor
    QString m_before; ///< its text before
    QComboBox* m_template;
    QComboBox* m_language;
    QLineEdit* m_own;
    QWidget* m_controls;
    QPushButton* m_make;
    QPushButton* m_cancel;
    QPushButton* m_edit;
    QToolButton* m_more;
    QLabel* m_note;
    TimedText* m_text;
    QWidget* m_editing;
    SummaryEditor* m_editor;
};

} // namespace phial::ui
