// SPDX-License-Identifier: MIT
// Opening and playing; jobs and recording are in meeting_work.cpp, what the user changes in
// meeting_editing.cpp.
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

/// Sizes and times of the sound's files, so that peaks of other sound are not shown. Not their
/// names: a copy has another one.
std::string signatureOf(const meetings::MeetingEntry& meeting) {
    std::string signature = std::to_string(meetings::kPeaksPerSecond);
    for (const std::string& name : meeting.meta.audio) {
        std::error_code ignored;
        const std::filesystem::path file = meeting.folder / name;
        signature +=
            ' ' + std::to_string(std::filesystem::file_size(file, ignored)) + ' ' +
            std::to_string(
                std::filesystem::last_write_time(file, ignored).time_since_epoch().count());
    }
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
    , m_keeper(m_parts.freeBytes)
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
    connectSummaries();
    connectJobs();
    connectRecording();
    connectSounds();
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
    events.onForeignLanguage = [this](const std::string& meeting, const std::string& language) {
        m_inbox.post([this, meeting, language] { tellForeignLanguage(meeting, language); });
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

void MeetingSession::setOptions(const MeetingOptions& options) {
    m_options = options;
    m_recording.setQuietMinutes(options.quietMinutes);
    m_recording.setConsentReminder(options.consentReminder);
}

void MeetingSession::start() {
    m_files.run([this, days = m_options.trashDays](const std::stop_token&) -> Background::Then {
        try {
            makeWorkspace();
            recorder::PosixFiles files;
            const auto recovered =
                m_workspace->recoverAll(files, m_parts.dataDirectory / "recordings");
            QString trash; // one that cannot be emptied keeps nobody from the meetings
            try {
                if (days > 0) {
                    m_workspace->store().emptyTrash(std::chrono::hours(24 * days));
                }
            } catch (const Error& error) {
                trash = QString::fromUtf8(error.what());
            }
            return [this, recovered, trash] {
                if (!trash.isEmpty()) {
                    fail(tr("The trash could not be emptied."), trash);
                }
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
            QList<meetings::MeetingEntry> uncopied;
            for (const meetings::MeetingEntry& meeting : m_workspace->store().list()) {
                all.append(summaryOf(meeting));
                if (meeting.meta.copyWanted && !meeting.meta.outsideFile().empty()) {
                    uncopied.append(meeting); // the program ended before it was
                }
            }
            return [this, all, uncopied]() mutable {
                for (MeetingSummary& one : all) {
                    one.live = one.id == m_live;
                }
                m_list.setAll(all);
                showQueue(m_jobs.queue().list()); // titles
                for (const meetings::MeetingEntry& meeting : uncopied) {
                    m_keeper.add(meeting);
                }
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
                if (m_window.meetingPage().meeting().state == ui::TranscriptState::Done) {
                    transcribeAnew(m_current, wish);
                    return;
                }
                m_files.run([this, id = current(), language = wish.language.toStdString()](
                                const std::stop_token&) -> Background::Then {
                    try {
                        meetings::MeetingEntry meeting = entryOf(id);
                        meeting.meta.language = language;
                        m_workspace->store().saveMeta(meeting);
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
}

void MeetingSession::open(const QString& id, qint64 line) {
    m_opening = id;
    m_player.pause();
    m_files.run([this, id, line](const std::stop_token&) -> Background::Then {
        try {
            const meetings::MeetingEntry meeting = entryOf(id.toStdString());
            const auto transcript = m_workspace->store().readTranscript(meeting.folder);
            ui::MeetingView view = meetingView(m_workspace->store(), meeting, transcript);
            const QList<ui::LineView> lines =
                transcript ? lineViews(*transcript) : QList<ui::LineView>();
            auto kept = std::make_shared<const meetings::Transcript>(
                transcript ? *transcript : meetings::Transcript{.rateHz = rateOf(meeting)});
            return [this, id, line, meeting, view, lines, kept]() mutable {
                if (m_opening != id) {
                    return; // another one was opened meanwhile
                }
                view.beingRecorded = id == m_live;
                const bool other = m_current != id;
                m_current = id;
                m_transcript = kept;
                if (other) {
                    m_undoPossible = false;
                    m_turns.clear();
                    m_parts.engine.stop(std::exchange(m_asking, 0));
                    // Looked up each time: its sound may have been copied meanwhile.
                    m_player.setSound([this, name = id.toStdString()] {
                        return meetings::readerOf(entryOf(name));
                    });
                    m_player.seek(0);
                }
                m_window.meetingPage().setMeeting(view);
                m_lines.reset(lines);
                m_window.meetingPage().setUndo(m_undoPossible);
                m_window.setCurrentMeeting(id, view.title);
                m_window.showPage(ui::MainWindow::Page::Meeting);
                showQueue(m_jobs.queue().list());
                if (line != 0) {
                    m_window.meetingPage().showLine(line);
                    const auto found =
                        std::find_if(lines.begin(), lines.end(),
                                     [line](const auto& one) { return one.id == line; });
                    if (found != lines.end()) {
                        m_player.seek(found->start); // Space plays what was found
                    }
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
            ui::MeetingView view = meetingView(m_workspace->store(), meeting, transcript);
            const QList<ui::LineView> lines =
                transcript ? lineViews(*transcript) : QList<ui::LineView>();
            auto kept = std::make_shared<const meetings::Transcript>(
                transcript ? *transcript : meetings::Transcript{.rateHz = rateOf(meeting)});
            return [this, id, view, lines, kept]() mutable {
                m_reloading = false;
                if (id == m_current) {
                    view.beingRecorded = id == m_live;
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

void MeetingSession::fail(const QString& title, const QString& sentence) {
    ui::NoticeView notice;
    notice.key = QStringLiteral("meeting-problem");
    notice.severity = ui::Severity::Error;
    notice.title = title;
    notice.text = sentence;
    m_window.showNotice(notice);
}

} // namespace phial::app
