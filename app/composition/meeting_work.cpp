// SPDX-License-Identifier: MIT
// Work on meetings that goes on by itself: the queue, the recording, and what is told of them.
#include "app/audio/system_audio.h"
#include "app/composition/meeting_session.h"
#include "app/composition/meeting_views.h"
#include "app/meetings/pipeline/text_language.h"
#include "inference/base/clock_text.h"
#include "inference/base/error.h"
#include "ui/contracts/languages.h"
#include "ui/meeting/language_dialog.h"
#include "ui/meeting/meeting_page.h"
#include "ui/meeting/queue_dialog.h"
#include "ui/meeting/recording_bar.h"

#include <QSet>

#include <algorithm>
#include <utility>

namespace phial::app {

void MeetingSession::addJob(meetings::JobKind kind, const QString& language, const QString& detail,
                            const QList<qint64>& lines) {
    if (m_current.isEmpty()) {
        return;
    }
    const meetings::JobSpec spec{.kind = kind,
                                 .meeting = current(),
                                 .language = language.toStdString(),
                                 .detail = detail.toStdString(),
                                 .lines = std::vector<std::int64_t>(lines.begin(), lines.end())};
    // Behind what is being saved.
    m_files.run([this, spec](const std::stop_token&) -> Background::Then {
        return [this, spec] {
            m_jobs.queue().add(spec);
            tellThatItWaits();
        };
    });
}

void MeetingSession::transcribe(const QString& id, const std::optional<ui::SummaryWish>& summary) {
    m_files.run([this, id = id.toStdString(), summary, usual = m_options.spoken.toStdString()](
                    const std::stop_token&) -> Background::Then {
        try {
            meetings::MeetingEntry meeting = entryOf(id);
            if (meeting.meta.language.empty() && !usual.empty()) {
                meeting.meta.language = usual;
                m_workspace->store().saveMeta(meeting);
            }
            return [this, id, summary, language = meeting.meta.language] {
                if (summary) {
                    m_summaries.insert(QString::fromStdString(id), *summary);
                }
                m_jobs.queue().add({.kind = meetings::JobKind::Transcribe,
                                    .meeting = id,
                                    .language = language,
                                    .detail = {},
                                    .lines = {}});
                tellThatItWaits();
            };
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The meeting cannot be transcribed."), sentence);
            };
        }
    });
}

void MeetingSession::transcribeAnew(const QString& id, const ui::TranscriptionWish& wish) {
    std::optional<ui::SummaryWish> summary; // it waits for the transcript that is wanted now
    if (m_summaries.contains(id)) {
        summary = m_summaries.take(id);
    }
    std::string translateTo = wish.translateTo.toStdString();
    for (const meetings::JobView& job : m_jobs.queue().list()) {
        const bool writes = job.spec.kind == meetings::JobKind::Transcribe ||
                            job.spec.kind == meetings::JobKind::Retranscribe;
        if (writes && job.spec.meeting == id.toStdString()) {
            translateTo = translateTo.empty() ? job.spec.detail : translateTo; // as was wished
            m_jobs.queue().cancel(job.number);
            m_jobs.queue().forget(job.number);
        }
    }
    m_jobs.changed();
    const meetings::JobSpec spec{.kind = meetings::JobKind::Transcribe,
                                 .meeting = id.toStdString(),
                                 .language = wish.language.toStdString(),
                                 .detail = translateTo,
                                 .lines = {}};
    m_files.run([this, id, spec, summary](const std::stop_token&) -> Background::Then {
        try {
            meetings::MeetingEntry meeting = entryOf(spec.meeting);
            meeting.meta.language = spec.language;
            m_workspace->store().saveMeta(meeting);
            m_workspace->transcribeAnew(spec.meeting);
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The meeting could not be changed."), sentence);
            };
        }
        return [this, id, spec, summary] {
            if (summary) {
                m_summaries.insert(id, *summary);
            }
            m_jobs.queue().add(spec);
            tellThatItWaits();
        };
    });
}

void MeetingSession::askLanguage(const QString& id) {
    m_files.run([this, id](const std::stop_token&) -> Background::Then {
        QString language;
        try {
            language = QString::fromStdString(entryOf(id.toStdString()).meta.language);
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The meeting could not be opened."), sentence);
            };
        }
        return [this, id, language] {
            const MeetingSummary* about = m_list.find(id);
            if (about == nullptr) {
                return; // it was deleted meanwhile
            }
            auto* dialog =
                new ui::LanguageDialog(m_window.theme(), about->title, language, &m_window);
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            connect(dialog, &ui::LanguageDialog::chosen, this, [this, id](const QString& chosen) {
                m_window.clearNotice(QStringLiteral("meeting-language:") + id);
                open(id);
                transcribeAnew(id, {.language = chosen, .translateTo = {}});
            });
            dialog->open();
        };
    });
}

void MeetingSession::tellThatItWaits() {
    if (m_parts.engine.info() || m_parts.modelComes()) {
        return;
    }
    ui::NoticeView notice;
    notice.key = QStringLiteral("meeting-engine");
    notice.title = tr("It waits for a model.");
    notice.text = tr("The queue goes on as soon as one is loaded.");
    notice.actions = {ui::NoticeAction::AddModel, ui::NoticeAction::RetryLoad};
    m_window.showNotice(notice);
}

void MeetingSession::tellForeignLanguage(const std::string& meeting, const std::string& language) {
    QStringList known;
    QString name = QString::fromStdString(language);
    for (const ui::Language& one : ui::speechLanguages()) {
        known.append(one.name);
    }
    for (const ui::Language& one : ui::textLanguages()) {
        name = one.englishName == name ? one.name : name;
    }
    ui::NoticeView notice;
    notice.key = QStringLiteral("meeting-language:") + QString::fromStdString(meeting);
    notice.severity = ui::Severity::Warning;
    notice.title = language == meetings::kAnotherLanguage
                       ? tr("The spoken language looks like one that is not supported.")
                       : tr("The spoken language looks like %1.").arg(name);
    const MeetingSummary* about = m_list.find(QString::fromStdString(meeting));
    notice.text = tr("“%1”: speech is supported in %2; what is written down of another language "
                     "may be wrong. The sound is kept. Continue, or choose one of these, and it is "
                     "transcribed again.")
                      .arg(about == nullptr ? tr("a meeting") : about->title, known.join(tr(", ")));
    notice.actions = {ui::NoticeAction::Continue, ui::NoticeAction::ChooseLanguage};
    m_window.showNotice(notice);
}

void MeetingSession::connectJobs() {
    connect(&m_jobs, &MeetingJobs::listChanged, this, &MeetingSession::showQueue);
    connect(&m_parts.engine, &EngineController::ready, this,
            [this] { m_window.clearNotice(QStringLiteral("meeting-engine")); });
    connect(&m_jobs, &MeetingJobs::ended, this, &MeetingSession::onJobEnded);
    connect(&m_jobs, &MeetingJobs::modelWanted, this, &MeetingSession::modelWanted);
    connect(&m_window.queueDialog(), &ui::QueueDialog::commanded, this,
            [this](ui::QueueCommand command, qint64 number) {
                if (SoundKeeper::isCopy(number)) {
                    m_keeper.cancel(number); // all that can be asked of a copy
                    return;
                }
                meetings::JobQueue& queue = m_jobs.queue();
                const std::vector<meetings::JobView> jobs = queue.list();
                const auto at = std::find_if(jobs.begin(), jobs.end(), [number](const auto& job) {
                    return job.number == number;
                });
                const auto place = static_cast<std::size_t>(at - jobs.begin());
                switch (command) {
                case ui::QueueCommand::Up:
                    queue.move(number, place == 0 ? 0 : place - 1);
                    break;
                case ui::QueueCommand::Down:
                    queue.move(number, place + 1);
                    break;
                case ui::QueueCommand::Pause:
                    queue.pause(number);
                    break;
                case ui::QueueCommand::Resume:
                    queue.resume(number);
                    break;
                case ui::QueueCommand::Cancel:
                    queue.cancel(number);
                    break;
                case ui::QueueCommand::Retry:
                    queue.retry(number);
                    break;
                case ui::QueueCommand::Forget:
                    queue.forget(number);
                    break;
                }
                m_jobs.changed();
                m_jobs.wake();
            });
    connect(&m_window, &ui::MainWindow::queueCancelled, this, [this](qint64 number) {
        if (SoundKeeper::isCopy(number)) {
            m_keeper.cancel(number);
        } else {
            m_jobs.queue().cancel(number);
        }
    });
}

void MeetingSession::onJobEnded(const meetings::JobView& job) {
    const MeetingSummary* about = m_list.find(QString::fromStdString(job.spec.meeting));
    const QString title = about == nullptr ? QString() : about->title;
    const bool failed = job.state == meetings::JobState::Failed;
    const QString work = queueItem(job, title).text;
    ui::NoticeView news;
    news.key = QStringLiteral("meeting-job:") + QString::fromStdString(job.spec.meeting);
    news.title =
        failed ? tr("%1 failed; what was done is kept.").arg(work) : tr("Done: %1").arg(work);
    Q_EMIT newsRaised(news);
    if (failed && job.spec.kind == meetings::JobKind::Summarize && job.spec.meeting == current()) {
        m_window.meetingPage().setSummaryProblem(QString::fromStdString(job.problem));
    }
    if (failed) {
        ui::NoticeView notice;
        notice.key = QStringLiteral("meeting-job");
        notice.severity = ui::Severity::Error;
        notice.title = news.title;
        notice.text = QString::fromStdString(job.problem);
        notice.actions = {ui::NoticeAction::ShowQueue};
        m_window.showNotice(notice);
    } else {
        m_window.showBriefly(news.title);
        if (job.spec.kind == meetings::JobKind::Transcribe) {
            const QString id = QString::fromStdString(job.spec.meeting);
            if (m_summaries.contains(id)) {
                summarize(job.spec.meeting, m_summaries.take(id));
            } else if (!m_options.summarizeWith.isEmpty()) {
                summarize(job.spec.meeting, {.name = m_options.summarizeWith,
                                             .own = {},
                                             .language = m_options.summaryLanguage});
            }
        }
    }
    if (job.spec.meeting == current()) {
        m_reload.start();
    }
}

void MeetingSession::showQueue(const std::vector<meetings::JobView>& jobs) {
    QList<ui::QueueItem> items;
    QString transcribing;
    QString translating;
    QString summarizing;
    QSet<QString> transcribed; // meetings that are being, or will be
    for (const meetings::JobView& job : jobs) {
        const MeetingSummary* about = m_list.find(QString::fromStdString(job.spec.meeting));
        items.append(queueItem(job, about == nullptr ? tr("a meeting") : about->title));
        const bool active = job.state == meetings::JobState::Waiting ||
                            job.state == meetings::JobState::Running ||
                            job.state == meetings::JobState::Paused;
        if (active && job.spec.kind == meetings::JobKind::Transcribe) {
            transcribed.insert(QString::fromStdString(job.spec.meeting));
        }
        if (job.spec.meeting == current() && active) {
            QString status = ui::queueStateText(items.last());
            if (!job.spec.part.empty()) {
                status = tr("A part is made again · %1").arg(status);
            }
            QString& place = job.spec.kind == meetings::JobKind::Translate   ? translating
                             : job.spec.kind == meetings::JobKind::Summarize ? summarizing
                                                                             : transcribing;
            place = status;
        }
    }
    // Who cancels the transcription cancels the summary that waits for it.
    m_summaries.removeIf([&transcribed](const std::pair<const QString&, ui::SummaryWish&>& wish) {
        return !transcribed.contains(wish.first);
    });
    if (summarizing.isEmpty() && m_summaries.contains(m_current)) {
        summarizing = tr("Follows when the meeting is written down.");
    }
    m_window.setQueue(items + m_keeper.items());
    m_window.meetingPage().setTranscriptionStatus(transcribing);
    m_window.meetingPage().setTranslationStatus(translating);
    m_window.meetingPage().setSummaryStatus(summarizing);
}

void MeetingSession::connectRecording() {
    ui::RecordingBar& bar = m_window.recordingBar();
    connect(&m_window, &ui::MainWindow::recordingToggled, this, [this] {
        if (m_recording.recording()) {
            m_recording.stop();
        } else {
            startRecording();
        }
    });
    connect(&m_window, &ui::MainWindow::bookmarkRequested, this, [this] {
        m_recording.bookmark();
        m_window.showBriefly(tr("Bookmark set"));
    });
    connect(&bar, &ui::RecordingBar::pauseRequested, &m_recording, &MeetingRecording::pause);
    connect(&bar, &ui::RecordingBar::resumeRequested, &m_recording, &MeetingRecording::resume);
    connect(&bar, &ui::RecordingBar::noteWritten, this, [this](const QString& text) {
        m_recording.note(text);
        m_window.showBriefly(tr("Note kept with its time"));
    });
    connect(&m_recording, &MeetingRecording::viewChanged, &m_window, &ui::MainWindow::setRecording);
    connect(&m_recording, &MeetingRecording::levelChanged, &bar, &ui::RecordingBar::setLevel);
    connect(&m_recording, &MeetingRecording::levelChanged, this,
            [this](const ui::RecordingLevel& level) { m_list.setRecorded(m_live, level.seconds); });
    connect(&m_recording, &MeetingRecording::begun, this,
            [this](const meetings::MeetingEntry& meeting) {
                MeetingSummary summary = summaryOf(meeting);
                summary.live = true;
                m_live = summary.id;
                m_list.update(summary);
            });
    connect(&m_recording, &MeetingRecording::abandoned, this, [this](const QString& id) {
        m_live.clear();
        m_list.remove(id);
        if (id == m_current) {
            m_current.clear();
            m_window.showPage(ui::MainWindow::Page::Chat);
        }
    });
    connect(&m_recording, &MeetingRecording::noticeRaised, this,
            [this](const ui::NoticeView& notice) {
                m_window.showNotice(notice);
                if (notice.severity == ui::Severity::Error) {
                    Q_EMIT newsRaised(notice);
                }
            });
    connect(&m_recording, &MeetingRecording::noticeSettled, &m_window,
            &ui::MainWindow::clearNotice);
    connect(&m_recording, &MeetingRecording::finished, this, &MeetingSession::onRecorded);
    connect(&m_recording, &MeetingRecording::unkept, this,
            [this](const meetings::MeetingEntry& meeting) {
                const MeetingSummary summary = summaryOf(meeting);
                notLive(summary.id);
                m_list.update(summary);
            });
}

void MeetingSession::startRecording() {
    const QString second = m_options.systemAudio ? m_options.systemAudioDevice : QString();
    if (m_options.systemAudio && second.isEmpty()) {
        ui::NoticeView notice;
        notice.key = QStringLiteral("meeting-system-audio");
        notice.severity = ui::Severity::Warning;
        notice.title = tr("Only the microphone is recorded.");
        notice.text = tr(audio::kNoSystemAudio);
        m_window.showNotice(notice);
    }
    m_recording.start(m_parts.microphone(), second);
}

/// The next one may be recorded by now.
void MeetingSession::notLive(const QString& id) {
    if (m_live == id) {
        m_live.clear();
    }
}

void MeetingSession::onRecorded(const meetings::MeetingEntry& meeting) {
    const MeetingSummary summary = summaryOf(meeting);
    notLive(summary.id);
    m_list.update(summary);
    if (summary.id == m_current) {
        m_current.clear(); // its page has no sound yet
        open(summary.id);
    }
    ui::NoticeView notice;
    notice.key = QStringLiteral("meeting-finished:") + summary.id;
    notice.title =
        tr("The recording is saved: %1.").arg(QString::fromStdString(clockText(summary.seconds)));
    notice.actions = {ui::NoticeAction::OpenMeeting};
    if (m_options.transcribe) {
        transcribe(summary.id);
    } else {
        notice.actions.prepend(ui::NoticeAction::TranscribeMeeting);
    }
    m_window.showNotice(notice);
}

void MeetingSession::tellRecovered(const std::vector<meetings::MeetingEntry>& meetings) {
    for (const meetings::MeetingEntry& meeting : meetings) {
        const MeetingSummary summary = summaryOf(meeting);
        ui::NoticeView notice;
        notice.key = QStringLiteral("meeting-recovered:") + summary.id;
        notice.severity = ui::Severity::Warning;
        notice.title = tr("Recovered: “%1”, %2.")
                           .arg(summary.title, QString::fromStdString(clockText(summary.seconds)));
        notice.text = meeting.meta.recovered
                          ? tr("The recording was interrupted. Everything up to the last moments "
                               "before that is there.")
                          : tr("The recording ended, but could not be written into the list. All "
                               "of its sound is there.");
        notice.actions = {ui::NoticeAction::OpenMeeting, ui::NoticeAction::TranscribeMeeting};
        m_window.showNotice(notice);
    }
}

bool MeetingSession::onNotice(const QString& key, ui::NoticeAction action) {
    if (!key.startsWith(QStringLiteral("meeting-"))) {
        return false;
    }
    const QString id = key.section(u':', 1);
    switch (action) {
    case ui::NoticeAction::OpenMeeting:
        m_window.clearNotice(key);
        open(id);
        return true;
    case ui::NoticeAction::TranscribeMeeting:
        m_window.clearNotice(key);
        open(id);
        transcribe(id);
        return true;
    case ui::NoticeAction::ShowQueue:
        m_window.clearNotice(key);
        m_window.queueDialog().show();
        return true;
    case ui::NoticeAction::RetryCapture:
        m_window.clearNotice(key);
        startRecording();
        return true;
    case ui::NoticeAction::StopCapture:
        m_window.clearNotice(key);
        m_recording.stop();
        return true;
    case ui::NoticeAction::Undo:
        m_window.clearNotice(key);
        restore(id);
        return true;
    case ui::NoticeAction::Continue:
        m_window.clearNotice(key);
        return true;
    case ui::NoticeAction::ChooseLanguage:
        askLanguage(id); // the notice stays until one is chosen
        return true;
    case ui::NoticeAction::Acknowledge:
        m_window.clearNotice(key);
        Q_EMIT consentReminderRead(); // the only one that asks for it
        return true;
    default:
        return false; // the application's own
    }
}

} // namespace phial::app
