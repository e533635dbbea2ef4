// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/meeting_view.h"

#include <QWidget>

class QAbstractItemModel;
class QLabel;
class QMenu;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace phial::ui {

class AskPanel;
class DetailsPanel;
class EmptyTranscript;
class FindBar;
class PlayerBar;
class SummaryPanel;
class Theme;
class TranscriptView;
class TranslationPanel;

/// One meeting: player and waveform above the transcript, and beside it summary, translation,
/// questions and details; in a narrow window they are tabs of the same place. Shows what it is
/// given and says what the user wants.
class MeetingPage : public QWidget {
    Q_OBJECT

public:
    MeetingPage(const Theme& theme, QWidget* parent);

    void setMeeting(const MeetingView& meeting);
    void setTranscript(QAbstractItemModel* model); ///< TranscriptRoles
    void setPeaks(const QByteArray& peaks);
    void setPlayback(const PlaybackView& playback);
    const PlaybackView& playback() const;
    void setUndo(bool possible);
    void setDefaults(const MeetingDefaults& defaults);

    /// What the queue does for this meeting; empty = nothing.
    void setTranscriptionStatus(const QString& text);
    void setSummaryStatus(const QString& text);
    /// Why the last summary, or a part of it, could not be made; goes with the next one.
    void setSummaryProblem(const QString& sentence);
    void setTranslationStatus(const QString& text);

    /// The line that is being written, not yet part of the transcript.
    void setPartialText(const QString& text);
    void setAsk(const QList<AskTurn>& turns, bool answering);

    /// A line found elsewhere: goes to it.
    void showLine(qint64 id);
    void editLine(qint64 id, int cursor);

    /// Gives back what could not be saved: into the editor, while its meeting is shown.
    void editSummary(const QString& meeting, const QString& name, const QString& text);

    enum class Tab { Transcript, Summary, Translation, Ask, Details };
    void showTab(Tab tab);

    /// Where one goes on who comes to this page: the lines, or what makes them.
    void focusMain();

    void openFind();
    /// False when there was nothing to close.
    bool escape();

    const MeetingView& meeting() const { return m_meeting; }

    TranscriptView& transcript() { return *m_transcript; }

Q_SIGNALS:
    void playRequested(double seconds);
    void pauseRequested();
    void seekRequested(double seconds);
    void speedChosen(double speed);
    void loopRequested(double from, double to); ///< to <= from: no more

    void transcriptionRequested(const phial::ui::TranscriptionWish& wish);
    void linesAgainRequested(const QList<qint64>& ids);
    void translationRequested(const QString& language, const QList<qint64>& ids); ///< empty: all
    void summaryRequested(const phial::ui::SummaryWish& wish);
    void summaryPartRequested(const phial::ui::SummaryPartWish& wish);
    void summaryCancelled();
    void summaryEdited(const QString& meeting, const QString& name, const QString& text);
    void summaryVersionChosen(const QString& meeting, const QString& name, qint64 version);
    void asked(const QString& question);
    void askStopped();

    void textEdited(qint64 id, const QString& text);
    void divided(qint64 id, const QString& text, int at);
    void joined(qint64 first, qint64 edited, const QString& text);
    void replaceAllRequested(const QString& from, const QString& to);
    void speakerChosen(const QList<qint64>& ids, const QString& name);
    void speakerRenamed(const QString& from, const QString& to);
    void versionChosen(qint64 id, int version);
    void undoRequested();
    void redoRequested();

    void renamed(const QString& meeting, const QString& title);
    void notesChanged(const QString& meeting, const QString& markdown);
    void exportRequested();
    void summaryExportRequested(const QString& name);
    void clipRequested(); ///< the sound of the chosen lines as a file
    void soundLocated(const QString& meeting, const QString& path);       ///< where it is now
    void languageChosen(const QString& meeting, const QString& language); ///< spoken; empty = any
    void deleteRequested();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildTools();
    void buildPanel();
    void connectParts();
    void arrange();
    void refreshState();
    void fillMenu(QMenu& menu);
    void addLineEntries(QMenu& menu);
    void addLanguages(QMenu& menu);
    void chooseSpeaker();
    void locateSound();
    void showPlayedLine();
    void undo();

    const Theme& m_theme;
    MeetingView m_meeting;
    QToolButton* m_find;
    QToolButton* m_undo;
    QToolButton* m_follow;
    QToolButton* m_export;
    QToolButton* m_more;
    QToolButton* m_panelSwitch;
    QLabel* m_note;
    PlayerBar* m_player;
    FindBar* m_findBar;
    QTabBar* m_tabs;
    QWidget* m_left;
    QStackedWidget* m_middle;
    TranscriptView* m_transcript;
    EmptyTranscript* m_empty;
    QLabel* m_partial;
    QStackedWidget* m_panels;
    QWidget* m_right;
    SummaryPanel* m_summary;
    TranslationPanel* m_translation;
    AskPanel* m_ask;
    DetailsPanel* m_details;
    bool m_panelShown = true;
    bool m_narrow = false;
    bool m_undoPossible = false;
    QString m_transcriptionStatus;
    qint64 m_playedLine = 0;
    double m_playedUntil =
        -1; ///< end of the line that is heard, so that most ticks look no further
    double m_playedFrom = 0;
};

} // namespace phial::ui
