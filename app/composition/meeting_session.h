// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/player.h"
#include "app/base/background.h"
#include "app/composition/meeting_jobs.h"
#include "app/composition/meeting_list.h"
#include "app/composition/meeting_recording.h"
#include "app/composition/sound_keeper.h"
#include "app/composition/transcript_model.h"
#include "app/engine/engine_controller.h"
#include "app/meetings/transcript_history.h"
#include "app/meetings/workspace/workspace.h"
#include "ui/contracts/notice_view.h"
#include "ui/main_window.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace phial::app {

/// What the user wants of meetings in general. Languages are English names.
struct MeetingOptions {
    QString spoken;                 ///< empty = automatic
    bool systemAudio = false;       ///< to be recorded beside the microphone
    QString systemAudioDevice;      ///< that gives it; empty = there is none
    bool transcribe = false;        ///< a recording that has ended, without being asked
    QString summarizeWith;          ///< template, once a transcript is complete; empty = none
    QString summaryLanguage;        ///< empty = as spoken
    int quietMinutes = 15;          ///< until it is asked whether a meeting is over; 0 = never
    bool consentReminder = false;   ///< is shown beside a recording that begins
    bool keepImportedSound = false; ///< a copy of it, in the meeting's folder
    int trashDays = 30;             ///< 0 = the trash is never emptied

    bool operator==(const MeetingOptions&) const = default;
};

/// Meetings for the window: connects its pages with recorder, workspace, queue, engine and player.
/// Files are read and written on two background threads: one for what must not be lost and is
/// quick, one for what is long and can be done again. GUI thread.
class MeetingSession : public QObject {
    Q_OBJECT

public:
    struct Parts {
        EngineController& engine;
        ui::MainWindow& window;
        recorder::Recorder::MakeBackend makeBackend;
        audio::Player::MakeOutput makeOutput;
        std::filesystem::path dataDirectory;
        std::filesystem::path cacheDirectory;
        std::function<QString()> microphone; ///< the chosen one; empty = the system's
        std::function<bool()> modelComes;    ///< none is loaded, but one is or will be, when wanted
        SoundKeeper::FreeBytes freeBytes = {};
    };

    explicit MeetingSession(Parts parts, QObject* parent = nullptr);

    /// For what begins after it.
    void setOptions(const MeetingOptions& options);

    /// Behind the first paint: reads the list, recovers what was interrupted, takes up the queue.
    void start();

    MeetingList& list() { return m_list; }

    bool recording() const { return m_recording.recording(); }

    /// Somebody waits for an answer of the model.
    void yield() { m_jobs.yield(); }

    /// Imports a recording once, has it written down, and shows it.
    void tryRecording(const QString& file, const QString& title);

    void switchMicrophone(const QString& device) { m_recording.switchDevice(device); }

    /// False when the notice is none of ours.
    bool onNotice(const QString& key, ui::NoticeAction action);

Q_SIGNALS:
    void modelWanted();         ///< there is work for a model, and none is loaded
    void consentReminderRead(); ///< and not to be shown again
    /// A job has ended, or a recording against the user's will; the window shows it as well.
    void newsRaised(const phial::ui::NoticeView& news);

private:
    using Change = std::function<bool(meetings::Transcript&)>;

    /// A file to import.
    struct FoundRecording {
        QString file;
        std::optional<double> seconds; ///< when it was opened just now; 0 = it does not say
    };

    // meeting_session.cpp: opening, playing, jobs
    void connectPage();
    void connectJobs();
    void connectRecording();
    void startRecording();
    void makeWorkspace();
    meetings::WorkspaceEvents events();
    void relist();
    void open(const QString& id, qint64 line = 0);
    void reload();
    void showPeaks(const meetings::MeetingEntry& meeting);
    void addJob(meetings::JobKind kind, const QString& language, const QString& detail,
                const QList<qint64>& lines = {});
    /// Has a meeting transcribed in the language of the options, if it has none of its own, and
    /// then summarized where that is wanted.
    void transcribe(const QString& id, const std::optional<ui::SummaryWish>& summary = {});
    /// From its beginning, in another language; the present transcript is kept as a revision. What
    /// is being written of it ends.
    void transcribeAnew(const QString& id, const ui::TranscriptionWish& wish);
    void askLanguage(const QString& id);
    void summarize(const std::string& meeting, const ui::SummaryWish& wish);
    void onSummaryWish(const ui::SummaryWish& wish);
    void onPartWish(const ui::SummaryPartWish& wish);
    void cancelSummary();
    void onJobEnded(const meetings::JobView& job);
    void tellThatItWaits(); ///< for a model, when there is none
    void tellForeignLanguage(const std::string& meeting, const std::string& language);
    void showQueue(const std::vector<meetings::JobView>& jobs);
    void notLive(const QString& id);
    void onRecorded(const meetings::MeetingEntry& meeting);
    void tellRecovered(const std::vector<meetings::MeetingEntry>& meetings);

    // meeting_editing.cpp: what the user changes
    void connectEditing();
    void change(const Change& how, std::function<void()> then = {});
    void undo(bool again);
    meetings::TranscriptHistory& historyOf(const QString& id);
    void connectSummaries();
    void editSummary(const QString& id, const QString& name, const QString& text);
    void bringBackSummary(const QString& id, const QString& name, qint64 version);
    void import(const QStringList& paths);
    void importNow(const ui::LongImportWish& wish);
    /// On m_files' thread; of seconds [from, to) of them where to > from. `problems`: with others.
    Background::Then imported(const QList<FoundRecording>& files, double from, double to,
                              QStringList problems);
    void askAboutLong(ui::LongImportView recordings);
    void rename(const QString& id, const QString& title);
    void remove(const QString& id);
    void restore(const QString& id);
    void listTrash();
    void exportMeeting(const ui::ExportWish& wish);
    void openExport(ui::ExportFormat format = ui::ExportFormat::Text, const QString& summary = {});
    Background::Then exportSummary(const ui::ExportWish& wish,
                                   const meetings::MeetingEntry& meeting);
    void chooseLanguage(const QString& id, const QString& language);
    void search(const QString& query);
    void ask(const QString& question);
    void showAsk();
    void linkAnswer();

    // meeting_sounds.cpp: where the sound of imported meetings lies
    void connectSounds();
    void showChange(const QString& id); ///< when it is on the page
    void keepSound(const QString& id);  ///< where that is wanted
    void leaveOutside(const QString& id, const std::function<void()>& then);
    void locateSound(const QString& id, const QString& file);

    void fail(const QString& title, const QString& sentence);
    /// The meeting on the page, on disk. Any thread.
    meetings::MeetingEntry entryOf(const std::string& id);

    std::string current() const { return m_current.toStdString(); }

    Parts m_parts;
    ui::MainWindow& m_window;
    MeetingOptions m_options;
    QHash<QString, ui::SummaryWish> m_summaries; ///< wanted once the transcript is there
    MeetingList m_list;
    TranscriptModel m_lines;
    GuiInbox m_inbox;                                 ///< of the workspace's events
    std::unique_ptr<meetings::Workspace> m_workspace; ///< made on m_files' thread, before all else
    QString m_current;                                ///< id of the meeting on the page
    QString m_opening;                                ///< of one that is being read
    QString m_live;                                   ///< of the one that is being recorded
    meetings::TranscriptHistory m_history;            ///< only on m_files' thread, as the next
    QString m_historyOf;                              ///< the meeting that m_history is about
    bool m_undoPossible = false;
    std::shared_ptr<const meetings::Transcript> m_transcript; ///< shared with a question that runs
    QList<ui::AskTurn> m_turns;
    JobId m_asking = 0;
    std::string m_answer; ///< raw, of the question that runs
    bool m_reloading = false;
    QTimer m_reload; ///< changes that come in quickly are shown together
    MeetingJobs m_jobs;
    SoundKeeper m_keeper;
    MeetingRecording m_recording;
    audio::Player m_player;
    // Last members: their work is over before anything it uses dies.
    Background m_long{Background::AtEnd::Drop};
    Background m_files{Background::AtEnd::Finish};
};

} // namespace phial::app
