// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/audio_backend.h"
#include "app/base/background.h"
#include "app/base/gui_inbox.h"
#include "app/meetings/workspace/workspace.h"
#include "app/recorder/posix_files.h"
#include "app/recorder/recorder.h"
#include "ui/contracts/meeting_view.h"
#include "ui/contracts/notice_view.h"

#include <QObject>
#include <QString>

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace phial::app {

/// Recording of meetings for the window: Recorder with signals. Needs no model. The destructor ends
/// a recording that runs and keeps it. GUI thread.
class MeetingRecording : public QObject {
    Q_OBJECT

public:
    using GetWorkspace = std::function<meetings::Workspace&()>; ///< called on `background`

    MeetingRecording(recorder::Recorder::MakeBackend makeBackend, Background& background,
                     GetWorkspace workspace, std::filesystem::path fallbackRoot,
                     QObject* parent = nullptr);
    ~MeetingRecording() override;

    bool recording() const { return m_view.phase != ui::RecordingPhase::Idle; }

    /// `second`: what the computer plays, on a channel of its own; empty = only the microphone.
    void start(const QString& device, const QString& second);
    void stop();
    void pause();
    void resume();
    void bookmark();
    void note(const QString& text);
    void switchDevice(const QString& device);

    /// After so much quiet it is asked whether the meeting is over; 0 = never.
    void setQuietMinutes(int minutes) { m_quietSeconds = 60.0 * minutes; }

    /// Whether a recording that begins raises the reminder to tell everyone, "meeting-consent".
    void setConsentReminder(bool wanted) { m_consentReminder = wanted; }

Q_SIGNALS:
    void viewChanged(const phial::ui::RecordingView& recording);
    void levelChanged(const phial::ui::RecordingLevel& level);
    void noticeRaised(const phial::ui::NoticeView& notice);
    void noticeSettled(const QString& key);
    /// Its folder is there and the microphone is being opened.
    void begun(const phial::meetings::MeetingEntry& meeting);
    /// Nothing was recorded; the folder is gone again.
    void abandoned(const QString& meeting);
    /// The meeting is on the disk and in the index.
    void finished(const phial::meetings::MeetingEntry& meeting);
    /// Its sound is on the disk, but the library does not know it yet; the next start completes it.
    void unkept(const phial::meetings::MeetingEntry& meeting);

private:
    recorder::RecorderEvents events();
    void onState(recorder::RecorderState state);
    void onHealth(audio::SignalHealth health);
    void onLevel(const ui::RecordingLevel& level);
    void onDisk(recorder::DiskEvent event, const QString& sentence);
    void onFinished(const recorder::FinishedRecording& recording);
    void onFailed(const QString& sentence);
    void remindOfConsent();
    void setView(const ui::RecordingView& view);

    recorder::Recorder::MakeBackend m_makeBackend;
    Background& m_background;
    GetWorkspace m_workspace;
    std::filesystem::path m_fallbackRoot;
    recorder::PosixFiles m_files;
    ui::RecordingView m_view;
    std::filesystem::path m_folder; ///< of the meeting that is recorded
    ui::RecordingLevel m_level;     ///< the latest
    double m_quietSeconds = 15 * 60;
    bool m_consentReminder = false;
    double m_heardAt = 0; ///< second of the recording at which something was heard last
    GuiInbox m_inbox;
    std::mutex m_mutex;
    std::optional<recorder::RecorderReading> m_reading;  ///< guarded by m_mutex, as the next
    std::optional<recorder::FinishedRecording> m_unkept; ///< ended, but not in the library yet
    std::unique_ptr<recorder::Recorder> m_recorder;      ///< made by the first start; last member
};

} // namespace phial::app
