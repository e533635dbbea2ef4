// SPDX-License-Identifier: MIT
// Opening, playing, jobs and recording; what the user changes is in meeting_editing.cpp.
#include "app/composition/meeting_session.h"

#include "app/composition/meeting_views.h"
#include "app/meetings/peaks.h"
#include "app/meetings/workspace/meeting_sound.h"
#include "inference/base/clock_text.h"
#include "inference/base/error.h"
#include "ui/meeting/meeting_page.h"
#include "ui/meeting/queue_dialog.h"
#include "ui/meeting/recording_bar.h"

#include <algorithm>
#include <utility>

namespace phial::app {
namespace {

constexpr int kReloadMs = 120;

/// Names of the sound's files with size and time, so that peaks of other sound are not shown.
std::string signatureOf(const meetings::MeetingEntry& meeting) {
    std::string signature = std::to_string(meetings::kPeaksPerSecond);
    for (const std::string& name : meeting.meta.audio) {
        std::error_code ignored;
        const std::filesystem::path file = meeting.folder / name;
        signature +=
            ' ' + name + ' ' + std::to_string(std::filesystem::file_size(file, ignored)) + ' ' +
            std::to_string(
                std::filesystem::last_write_time(file, ignored).time_since_epoch().count());
    }
    std::replace(signature.begin(), signature.end(), '\n', ' ');
    return signature;
}

/// Of its sound; 1 when there is none, and then no line either.
int rateOf(const meetings::MeetingEntry& meeting) {
    try {
        return meetings::readerOf(meeting)->rateHz();
    } catch (const Error&) {
        return 1;
    }
}

QByteArray bytesOf(const meetings::Peaks& peaks) {
    return {peaks.data(), static_cast<qsizetype>(peaks.size())};
}

} // namespace

MeetingSession::MeetingSession(Parts parts, QObject* parent)
    : QObject(parent)
    , m_parts(std::move(parts))
    , m_window(m_parts.window)
    , m_jobs(m_parts.engine, m_files, m_parts.dataDirectory / "jobs.json",
             [this](const meetings::JobSpec& spec) { return m_workspace->makeJob(spec); })
    , m_recording(
          m_parts.makeBackend, m_files,
          [this]() -> meetings::Workspace& {
              makeWorkspace();
              return *m_workspace;
          },
          m_parts.dataDirectory / "recordings")
    , m_player(m_parts.makeOutput) {
    m_window.meetingPage().setTranscript(&m_lines);
    m_reload.setSingleShot(true);
    m_reload.setInterval(kReloadMs);
    connect(&m_reload, &QTimer::timeout, this, &MeetingSession::reload);
    connectPage();
    connectEditing();
    connectJobs();
    connectRecording();
}

/// On m_files' thread. A folder that cannot be made throws every time.
void MeetingSession::makeWorkspace() {
    if (m_workspace == nullptr) {
        m_workspace = std::make_unique<meetings::Workspace>(m_parts.dataDirectory, events());
    }
}

meetings::WorkspaceEvents MeetingSession::events() {
    meetings::WorkspaceEvents events;
    const auto shown = [this](const std::string& meeting) {
        return meeting == m_current.toStdString();
    };
    events.onTranscriptChanged = [this, shown](const std::string& meeting) {
        m_inbox.post([this, shown, meeting] {
            if (shown(meeting) && !m_reload.isActive()) {
                m_reload.start();
            }
        });
    };
    events.onPartialText = [this, shown](const std::string& meeting, std::string_view text) {
        m_inbox.post([this, shown, meeting,
                      text = QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()))] {
            if (shown(meeting)) {
                m_window.meetingPage().setPartialText(text);
            }
        });
    };
    events.onLine = [this, shown](const std::string& meeting,
                                  const meetings::TranscriptSegment& line) {
        m_inbox.post([this, shown, meeting, line] {
            if (shown(meeting)) { // before it is saved, so that it is seen at once
                m_window.meetingPage().setPartialText({});
                m_lines.append(lineView(*m_transcript, line));
            }
        });
    };
    events.onNote = [this](const std::string& meeting, const std::string& sentence) {
        m_inbox.post([this, meeting, text = QString::fromStdString(sentence)] {
            ui::NoticeView notice;
            notice.key = QStringLiteral("meeting-note");
            notice.severity = ui::Severity::Warning;
            const MeetingSummary* about = m_list.find(QString::fromStdString(meeting));
            notice.title = about == nullptr ? tr("Something about a recording") : about->title;
            notice.text = text;
            m_window.showNotice(notice);
        });
    };
    events.onSummary = [this, shown](const std::string& meeting, const std::filesystem::path&) {
        m_inbox.post([this, shown, meeting] {
            if (shown(meeting)) {
                m_reload.start();
            }
        });
    };
    return events;
}

void MeetingSession::start() {
    m_files.run([this](const std::stop_token&) -> Background::Then {
        try {
            makeWorkspace();
            recorder::PosixFiles files;
            const auto recovered =
                m_workspace->recoverAll(files, m_parts.dataDirectory / "recordings");
            m_workspace->store().emptyTrash(std::chrono::hours(24 * 30));
            return [this, recovered] {
                tellRecovered(recovered);
                relist();
                m_jobs.load();
            };
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("Meetings cannot be read or recorded."), sentence);
            };
        }
    });
}

void MeetingSession::relist() {
    m_files.run([this](const std::stop_token&) -> Background::Then {
        try {
            makeWorkspace();
            QList<MeetingSummary> all;
            for (const meetings::MeetingEntry& meeting : m_workspace->store().list()) {
                all.append(summaryOf(meeting));
            }
            return [this, all] {
                m_list.setAll(all);
                showQueue(m_jobs.queue().list()); // titles
            };
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The meetings could not be listed."), sentence);
            };
        }
    });
}

meetings::MeetingEntry MeetingSession::entryOf(const std::string& id) {
    makeWorkspace();
    const std::filesystem::path folder = m_workspace->store().root() / id;
    return {.folder = folder, .meta = m_workspace->store().readMeta(folder)};
}

void MeetingSession::connectPage() {
    ui::MeetingPage& page = m_window.meetingPage();
    using ui::MeetingPage;
    connect(&m_window, &ui::MainWindow::meetingOpened, this,
            [this](const QString& id) { open(id); });
    connect(&page, &MeetingPage::playRequested, this, [this](double seconds) {
        m_player.seek(seconds);
        m_player.play();
    });
    connect(&page, &MeetingPage::pauseRequested, &m_player, &audio::Player::pause);
    connect(&page, &MeetingPage::seekRequested, &m_player, &audio::Player::seek);
    connect(&page, &MeetingPage::speedChosen, &m_player, &audio::Player::setSpeed);
    connect(&page, &MeetingPage::loopRequested, this, [this](double from, double to) {
        m_player.setLoop(to > from ? std::optional(audio::Stretch{from, to}) : std::nullopt);
    });
    connect(&m_player, &audio::Player::positionChanged, this,
            [this](double seconds, audio::PlayerState state) {
                m_window.meetingPage().setPlayback(
                    {.seconds = seconds, .playing = state == audio::PlayerState::Playing});
            });
    connect(&m_player, &audio::Player::failed, this, [this](const QString& sentence) {
        fail(tr("The recording cannot be played."), sentence);
    });
    connect(&page, &MeetingPage::transcriptionRequested, this,
            [this](const ui::TranscriptionWish& wish) {
                const bool anew =
                    m_window.meetingPage().meeting().state == ui::TranscriptState::Done;
                m_files.run([this, anew, id = current(), language = wish.language.toStdString()](
                                const std::stop_token&) -> Background::Then {
                    try {
                        meetings::MeetingEntry meeting = entryOf(id);
                        meeting.meta.language = language;
                        m_workspace->store().saveMeta(meeting);
                        if (anew) {
                            m_workspace->transcribeAnew(id);
                        }
                    } catch (const Error& error) {
                        return [this, sentence = QString::fromUtf8(error.what())] {
                            fail(tr("The meeting could not be changed."), sentence);
                        };
                    }
                    return {};
                });
                addJob(meetings::JobKind::Transcribe, wish.language, wish.translateTo);
            });
    connect(&page, &MeetingPage::linesAgainRequested, this, [this](const QList<qint64>& ids) {
        QList<qint64> lines = ids;
        for (qsizetype i = 0; ids.isEmpty() && i < m_lines.lines().size(); ++i) {
            lines.append(m_lines.lines()[i].id);
        }
        addJob(meetings::JobKind::Retranscribe, m_window.meetingPage().meeting().language, {},
               lines);
    });
    connect(&page, &MeetingPage::translationRequested, this,
            [this](const QString& language, const QList<qint64>& ids) {
                addJob(meetings::JobKind::Translate, language, {}, ids);
            });
    connect(&page, &MeetingPage::summaryRequested, this, [this](const ui::SummaryWish& wish) {
        addJob(meetings::JobKind::Summarize, wish.language,
               wish.name.isEmpty() ? wish.own : wish.name);
    });
}

void MeetingSession::open(const QString& id, qint64 line) {
    m_opening = id;
    m_player.pause();
    m_files.run([this, id, line](const std::stop_token&) -> Background::Then {
        try {
            const meetings::MeetingEntry meeting = entryOf(id.toStdString());
            const auto transcript = m_workspace->store().readTranscript(meeting.folder);
            const ui::MeetingView view = meetingView(m_workspace->store(), meeting, transcript);
            const QList<ui::LineView> lines =
                transcript ? lineViews(*transcript) : QList<ui::LineView>();
            auto kept = std::make_shared<const meetings::Transcript>(
                transcript ? *transcript : meetings::Transcript{.rateHz = rateOf(meeting)});
            return [this, id, line, meeting, view, lines, kept] {
                if (m_opening != id) {
                    return; // another one was opened meanwhile
                }
                const bool other = m_current != id;
                m_current = id;
                m_transcript = kept;
                if (other) {
                    m_history.clear();
                    m_turns.clear();
                    m_parts.engine.stop(std::exchange(m_asking, 0));
                    m_player.setSound([meeting] { return meetings::readerOf(meeting); });
                    m_player.seek(0);
                }
                m_window.meetingPage().setMeeting(view);
                m_lines.reset(lines);
                m_window.meetingPage().setUndo(m_history.canUndo());
                m_window.setCurrentMeeting(id, view.title);
                m_window.showPage(ui::MainWindow::Page::Meeting);
                showQueue(m_jobs.queue().list());
                if (line != 0) {
                    m_window.meetingPage().showLine(line);
                }
                showPeaks(meeting);
            };
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The meeting could not be opened."), sentence);
            };
        }
    });
}

/// Shows what jobs changed. One at a time; what comes meanwhile starts another one.
void MeetingSession::reload() {
    if (m_reloading) {
        m_reload.start();
        return;
    }
    m_reloading = true;
    m_files.run([this, id = m_current](const std::stop_token&) -> Background::Then {
        try {
            const meetings::MeetingEntry meeting = entryOf(id.toStdString());
            const auto transcript = m_workspace->store().readTranscript(meeting.folder);
            const ui::MeetingView view = meetingView(m_workspace->store(), meeting, transcript);
            const QList<ui::LineView> lines =
                transcript ? lineViews(*transcript) : QList<ui::LineView>();
            auto kept = std::make_shared<const meetings::Transcript>(
                transcript ? *transcript : meetings::Transcript{.rateHz = rateOf(meeting)});
            return [this, id, view, lines, kept] {
                m_reloading = false;
                if (id == m_current) {
                    m_transcript = kept;
                    m_lines.update(lines);
                    m_window.meetingPage().setMeeting(view);
                }
            };
        } catch (const Error&) {
            return [this] { m_reloading = false; }; // it was deleted
        }
    });
}

void MeetingSession::showPeaks(const meetings::MeetingEntry& meeting) {
    m_long.clear(); // of the meeting before
    m_long.run([this, meeting](const std::stop_token& stop) -> Background::Then {
        const QString id = QString::fromStdString(meeting.folder.filename().string());
        const auto show = [this, id](const meetings::Peaks& peaks) {
            m_inbox.post([this, id, bytes = bytesOf(peaks)] {
                if (id == m_current) {
                    m_window.meetingPage().setPeaks(bytes);
                }
            });
        };
        const std::filesystem::path cache =
            m_parts.cacheDirectory / "peaks" / meeting.folder.filename();
        const std::string signature = signatureOf(meeting);
        try {
            meetings::Peaks peaks = meetings::cachedPeaks(cache, signature);
            if (peaks.empty()) {
                peaks = meetings::peaksOf(meetings::soundOf(meeting, stop), show, stop);
                meetings::cachePeaks(cache, signature, peaks);
            }
            show(peaks);
        } catch (const Error&) {
            return {}; // without sound there is no picture; the page says that it is missing
        }
        return {};
    });
}

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
            if (!m_parts.engine.info()) {
                ui::NoticeView notice;
                notice.key = QStringLiteral("meeting-engine");
                notice.title = tr("It waits for a model.");
                notice.text = tr("The queue goes on as soon as one is loaded.");
                notice.actions = {ui::NoticeAction::AddModel, ui::NoticeAction::RetryLoad};
                m_window.showNotice(notice);
            }
        };
    });
}

void MeetingSession::connectJobs() {
    connect(&m_jobs, &MeetingJobs::listChanged, this, &MeetingSession::showQueue);
    connect(&m_parts.engine, &EngineController::ready, this,
            [this] { m_window.clearNotice(QStringLiteral("meeting-engine")); });
    connect(&m_jobs, &MeetingJobs::ended, this, [this](const meetings::JobView& job) {
        const MeetingSummary* about = m_list.find(QString::fromStdString(job.spec.meeting));
        const QString title = about == nullptr ? QString() : about->title;
        if (job.state == meetings::JobState::Failed) {
            ui::NoticeView notice;
            notice.key = QStringLiteral("meeting-job");
            notice.severity = ui::Severity::Error;
            notice.title = tr("%1 failed; what was done is kept.").arg(queueItem(job, title).text);
            notice.text = QString::fromStdString(job.problem);
            notice.actions = {ui::NoticeAction::ShowQueue};
            m_window.showNotice(notice);
        } else {
            m_window.showBriefly(tr("Done: %1").arg(queueItem(job, title).text));
        }
        if (job.spec.meeting == current()) {
            m_reload.start();
        }
    });
    connect(&m_window.queueDialog(), &ui::QueueDialog::commanded, this,
            [this](ui::QueueCommand command, qint64 number) {
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
    connect(&m_window, &ui::MainWindow::queueCancelled, this,
            [this](qint64 number) { m_jobs.queue().cancel(number); });
}

void MeetingSession::showQueue(const std::vector<meetings::JobView>& jobs) {
    QList<ui::QueueItem> items;
    QString transcribing;
    QString translating;
    QString summarizing;
    for (const meetings::JobView& job : jobs) {
        const MeetingSummary* about = m_list.find(QString::fromStdString(job.spec.meeting));
        items.append(queueItem(job, about == nullptr ? tr("a meeting") : about->title));
        const bool active = job.state == meetings::JobState::Waiting ||
                            job.state == meetings::JobState::Running ||
                            job.state == meetings::JobState::Paused;
        if (job.spec.meeting == current() && active) {
            const QString status = ui::queueStateText(items.last());
            QString& place = job.spec.kind == meetings::JobKind::Translate   ? translating
                             : job.spec.kind == meetings::JobKind::Summarize ? summarizing
                                                                             : transcribing;
            place = status;
        }
    }
    m_window.setQueue(items);
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
            m_recording.start(m_parts.microphone());
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
    connect(&m_recording, &MeetingRecording::noticeRaised, &m_window, &ui::MainWindow::showNotice);
    connect(&m_recording, &MeetingRecording::noticeSettled, &m_window,
            &ui::MainWindow::clearNotice);
    connect(&m_recording, &MeetingRecording::finished, this, &MeetingSession::onRecorded);
}

void MeetingSession::onRecorded(const meetings::MeetingEntry& meeting) {
    const MeetingSummary summary = summaryOf(meeting);
    m_list.update(summary);
    ui::NoticeView notice;
    notice.key = QStringLiteral("meeting-finished:") + summary.id;
    notice.title =
        tr("The recording is saved: %1.").arg(QString::fromStdString(clockText(summary.seconds)));
    notice.actions = {ui::NoticeAction::TranscribeMeeting, ui::NoticeAction::OpenMeeting};
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
        notice.text = tr("The recording was interrupted. Everything up to the last moments before "
                         "that is there.");
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
        m_files.run([this, id](const std::stop_token&) -> Background::Then {
            return [this, id] {
                if (m_current == id) {
                    addJob(meetings::JobKind::Transcribe, {}, {});
                }
            };
        });
        return true;
    case ui::NoticeAction::ShowQueue:
        m_window.clearNotice(key);
        m_window.queueDialog().show();
        return true;
    case ui::NoticeAction::RetryCapture:
        m_window.clearNotice(key);
        m_recording.start(m_parts.microphone());
        return true;
    case ui::NoticeAction::StopCapture:
        m_window.clearNotice(key);
        m_recording.stop();
        return true;
    case ui::NoticeAction::Undo:
        m_window.clearNotice(key);
        restore(id);
        return true;
    default:
        return false; // the application's own
    }
}

void MeetingSession::fail(const QString& title, const QString& sentence) {
    ui::NoticeView notice;
    notice.key = QStringLiteral("meeting-problem");
    notice.severity = ui::Severity::Error;
    notice.title = title;
    notice.text = sentence;
    m_window.showNotice(notice);
}

} // namespace phial::app
