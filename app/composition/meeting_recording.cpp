// SPDX-License-Identifier: MIT
#include "app/composition/meeting_recording.h"

#include "app/composition/meeting_views.h"
#include "inference/base/error.h"

#include <QDateTime>
#include <QLocale>

#include <utility>

namespace phial::app {
namespace {

constexpr float kHeard = 0.01F; // -40 dBFS: above the noise of a room, below somebody far away

ui::NoticeView noticeOf(const QString& key, ui::Severity severity, const QString& title,
                        const QString& text) {
    ui::NoticeView notice;
    notice.key = key;
    notice.severity = severity;
    notice.title = title;
    notice.text = text;
    return notice;
}

} // namespace

MeetingRecording::MeetingRecording(recorder::Recorder::MakeBackend makeBackend,
                                   Background& background, GetWorkspace workspace,
                                   std::filesystem::path fallbackRoot, QObject* parent)
    : QObject(parent)
    , m_makeBackend(std::move(makeBackend))
    , m_background(background)
    , m_workspace(std::move(workspace))
    , m_fallbackRoot(std::move(fallbackRoot)) {}

MeetingRecording::~MeetingRecording() {
    m_recorder.reset(); // writes the end of the file; its last event may find no event loop
    if (m_unkept) {
        try {
            m_workspace().endRecording(*m_unkept);
        } catch (const Error&) {
            return; // the sound is on the disk; the meeting's folder holds it
        }
    }
}

void MeetingRecording::start(const QString& device, const QString& second) {
    if (recording()) {
        return;
    }
    if (m_recorder == nullptr) {
        m_recorder = std::make_unique<recorder::Recorder>(m_makeBackend, m_files, events());
    }
    setView({.phase = ui::RecordingPhase::Opening, .detail = {}, .systemAudio = !second.isEmpty()});
    m_level = {};
    m_heardAt = 0;
    for (const char* key : {"meeting-recording", "meeting-replaced"}) {
        Q_EMIT noticeSettled(QString::fromLatin1(key)); // of the recording before
    }
    remindOfConsent();
    // Short enough for the list, and with the day, for files that leave it.
    const QString title =
        tr("Recording %1")
            .arg(QLocale().toString(QDateTime::currentDateTime(), tr("d MMM, HH:mm")));
    m_background.run([this, title = title.toStdString(), id = device.toStdString(),
                      other = second.toStdString(),
                      fallback = m_fallbackRoot](const std::stop_token&) -> Background::Then {
        try {
            recorder::RecorderOptions options =
                m_workspace().beginRecording(title, recorder::utcNow(), id);
            options.fallbackRoot = fallback;
            if (!other.empty()) {
                options.secondDevice = other;
            }
            const meetings::MeetingEntry meeting{
                .folder = options.folder, .meta = m_workspace().store().readMeta(options.folder)};
            return [this, options, meeting] {
                m_folder = options.folder;
                m_recorder->start(options);
                Q_EMIT begun(meeting);
            };
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] { onFailed(sentence); };
        }
    });
}

/// Beside the recording, which waits for nobody: the first words count more than a question.
void MeetingRecording::remindOfConsent() {
    if (!m_consentReminder) {
        return;
    }
    ui::NoticeView notice =
        noticeOf(QStringLiteral("meeting-consent"), ui::Severity::Info,
                 tr("Tell everyone that this is being recorded."),
                 tr("In many places the law asks for their consent. The recording is already "
                    "running. OK ends this reminder for good; the settings bring it back."));
    notice.actions = {ui::NoticeAction::Acknowledge};
    notice.dismissable = false; // one way out, which is remembered
    Q_EMIT noticeRaised(notice);
}

void MeetingRecording::stop() {
    if (m_recorder != nullptr) {
        m_recorder->stop();
    }
}

void MeetingRecording::pause() {
    if (m_recorder != nullptr) {
        m_recorder->pause();
    }
}

void MeetingRecording::resume() {
    if (m_recorder != nullptr) {
        m_recorder->resume();
    }
}

void MeetingRecording::bookmark() {
    if (m_recorder != nullptr) {
        m_recorder->bookmark({});
    }
}

void MeetingRecording::note(const QString& text) {
    if (m_recorder != nullptr) {
        m_recorder->note(text.toStdString());
    }
}

void MeetingRecording::switchDevice(const QString& device) {
    if (m_recorder != nullptr && recording()) {
        m_recorder->switchDevice(device.toStdString());
    }
}

recorder::RecorderEvents MeetingRecording::events() {
    recorder::RecorderEvents events;
    events.onState = [this](recorder::RecorderState state) {
        m_inbox.post([this, state] { onState(state); });
    };
    events.onHealth = [this](audio::SignalHealth health) {
        m_inbox.post([this, health] { onHealth(health); });
    };
    events.onReading = [this](const recorder::RecorderReading& reading) {
        const std::scoped_lock lock(m_mutex);
        const bool posted = m_reading.has_value();
        m_reading = reading;
        if (posted) {
            return; // readings are merged while the event loop is busy
        }
        m_inbox.post([this] {
            std::optional<recorder::RecorderReading> latest;
            {
                const std::scoped_lock held(m_mutex);
                latest.swap(m_reading);
            }
            ui::RecordingLevel level;
            level.peak = latest->level.peak;
            level.rms = latest->level.rms;
            level.clipped = latest->level.clipped;
            level.seconds = latest->recordedSeconds;
            level.diskSecondsLeft = latest->diskSecondsLeft;
            onLevel(level);
        });
    };
    events.onDisk = [this](recorder::DiskEvent event, const std::string& sentence) {
        m_inbox.post(
            [this, event, text = QString::fromStdString(sentence)] { onDisk(event, text); });
    };
    events.onFinished = [this](const recorder::FinishedRecording& recording) {
        const std::scoped_lock lock(m_mutex);
        m_unkept = recording;
        m_inbox.post([this, recording] { onFinished(recording); });
    };
    events.onReplaced = [this] {
        m_inbox.post([this] {
            ui::NoticeView notice =
                noticeOf(QStringLiteral("meeting-replaced"), ui::Severity::Warning,
                         tr("The microphone was disconnected."),
                         tr("The recording goes on with the system's other one; the gap is "
                            "marked."));
            notice.actions = {ui::NoticeAction::ChooseMicrophone};
            Q_EMIT noticeRaised(notice);
        });
    };
    events.onFailed = [this](const std::string& sentence) {
        m_inbox.post([this, text = QString::fromStdString(sentence)] { onFailed(text); });
    };
    return events;
}

void MeetingRecording::setView(const ui::RecordingView& view) {
    if (view != m_view) {
        m_view = view;
        Q_EMIT viewChanged(view);
    }
}

void MeetingRecording::onState(recorder::RecorderState state) {
    const QString key = QStringLiteral("meeting-microphone");
    if (state == recorder::RecorderState::Unplugged || state == recorder::RecorderState::Stalled) {
        const bool gone = state == recorder::RecorderState::Unplugged;
        ui::NoticeView notice = noticeOf(
            key, ui::Severity::Warning,
            gone ? tr("The microphone was disconnected.")
                 : tr("Nothing arrives from the microphone."),
            gone ? tr("What was recorded is safe. The recording goes on when it, or another one, "
                      "is there; the gap is marked.")
                 : tr("It is there but sends no sound. What was recorded is safe."));
        notice.actions = {ui::NoticeAction::ChooseMicrophone}; // Stop is in the bar above it
        Q_EMIT noticeRaised(notice);
    } else {
        Q_EMIT noticeSettled(key);
    }
    setView({.phase = phaseOf(state), .detail = m_view.detail, .systemAudio = m_view.systemAudio});
}

void MeetingRecording::onHealth(audio::SignalHealth health) {
    const QString key = QStringLiteral("meeting-silence");
    if (health == audio::SignalHealth::Silent) {
        ui::NoticeView notice =
            noticeOf(key, ui::Severity::Warning, tr("The microphone sends only silence."),
                     tr("It may be muted, or another one may be meant. The "
                        "recording goes on."));
        notice.actions = {ui::NoticeAction::ChooseMicrophone};
        Q_EMIT noticeRaised(notice);
    } else {
        Q_EMIT noticeSettled(key);
    }
    ui::RecordingView view = m_view;
    view.detail = health == audio::SignalHealth::Good ? QString() : tr("very quiet");
    setView(view);
}

/// A recording that nobody ended is a day long by the next morning.
void MeetingRecording::onLevel(const ui::RecordingLevel& level) {
    const QString key = QStringLiteral("meeting-forgotten");
    const auto forgotten = [this](const ui::RecordingLevel& at) {
        return m_quietSeconds > 0 && at.seconds - m_heardAt > m_quietSeconds;
    };
    if (level.seconds < m_heardAt) { // another recording
        m_heardAt = level.seconds;
        Q_EMIT noticeSettled(key);
    } else if (level.peak > kHeard) {
        if (forgotten(level)) {
            Q_EMIT noticeSettled(key);
        }
        m_heardAt = level.seconds;
    } else if (!forgotten(m_level) && forgotten(level)) {
        ui::NoticeView notice =
            noticeOf(key, ui::Severity::Info,
                     m_quietSeconds <= 60 ? tr("Nothing was heard for a minute.")
                                          : tr("Nothing was heard for %1 minutes.")
                                                .arg(static_cast<int>(m_quietSeconds / 60)),
                     tr("Is the meeting over? The recording goes on."));
        notice.actions = {ui::NoticeAction::StopCapture};
        Q_EMIT noticeRaised(notice);
    }
    m_level = level;
    Q_EMIT levelChanged(level);
}

void MeetingRecording::onDisk(recorder::DiskEvent event, const QString& sentence) {
    const bool ended = event == recorder::DiskEvent::Ended;
    Q_EMIT noticeRaised(noticeOf(
        QStringLiteral("meeting-disk"), ended ? ui::Severity::Error : ui::Severity::Warning,
        ended                                      ? tr("The recording was stopped and is saved.")
        : event == recorder::DiskEvent::LittleLeft ? tr("The disk is nearly full.")
                                                   : tr("The recording goes on in another folder."),
        sentence));
}

void MeetingRecording::onFinished(const recorder::FinishedRecording& recording) {
    if (m_folder.filename() == recording.folder.filename()) {
        m_folder.clear(); // else the next one has begun
    }
    m_background.run([this, recording](const std::stop_token&) -> Background::Then {
        try {
            const meetings::EndedRecording ended = m_workspace().endRecording(recording);
            if (ended.problem.empty()) { // else the end of the program tries once more
                const std::scoped_lock lock(m_mutex);
                m_unkept.reset();
            }
            return [this, ended, sound = QString::fromStdString(recording.folder.string())] {
                if (!this->recording()) { // it has been idle before; now the next one may run
                    for (const char* key : {"meeting-microphone", "meeting-silence",
                                            "meeting-forgotten", "meeting-consent"}) {
                        Q_EMIT noticeSettled(QString::fromLatin1(key)); // about what is over
                    }
                }
                if (ended.problem.empty()) {
                    Q_EMIT finished(ended.meeting);
                    return;
                }
                Q_EMIT unkept(ended.meeting);
                Q_EMIT noticeRaised(noticeOf(
                    QStringLiteral("meeting-recording"), ui::Severity::Error,
                    tr("The recording is saved, but not in the list of meetings."),
                    tr("%1 All of the sound is in %2; the next start of Phial completes the list.")
                        .arg(QString::fromStdString(ended.problem), sound)));
            };
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] { onFailed(sentence); };
        }
    });
}

void MeetingRecording::onFailed(const QString& sentence) {
    setView({});
    Q_EMIT noticeSettled(QStringLiteral("meeting-consent")); // nothing is being recorded
    ui::NoticeView notice = noticeOf(QStringLiteral("meeting-recording"), ui::Severity::Error,
                                     tr("The meeting is not being recorded."), sentence);
    notice.actions = {ui::NoticeAction::RetryCapture, ui::NoticeAction::ChooseMicrophone};
    Q_EMIT noticeRaised(notice);
    if (!m_folder.empty()) { // an empty meeting would only be in the way
        Q_EMIT abandoned(QString::fromStdString(m_folder.filename().string()));
        m_background.run([this, folder = std::exchange(m_folder, {})](
                             const std::stop_token&) -> Background::Then {
            try {
                meetings::MeetingStore& store = m_workspace().store();
                store.deleteForever(store.moveToTrash(folder));
            } catch (const Error&) {
                return {}; // it stays as an empty meeting, which can be deleted by hand
            }
            return {};
        });
    }
}

} // namespace phial::app
