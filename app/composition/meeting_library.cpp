// SPDX-License-Identifier: MIT
// The library of meetings: import, names, trash, export, search.
#include "app/composition/meeting_session.h"
#include "app/composition/meeting_views.h"
#include "app/documents/audio_file_reader.h"
#include "app/export/clip.h"
#include "app/meetings/pipeline/meeting_question.h"
#include "app/meetings/workspace/meeting_sound.h"
#include "inference/base/error.h"
#include "ui/contracts/media_types.h"
#include "ui/meeting/export_dialog.h"
#include "ui/meeting/long_import_dialog.h"
#include "ui/meeting/meeting_page.h"
#include "ui/meeting/search_page.h"
#include "ui/meeting/transcript_view.h"
#include "ui/meeting/trash_page.h"

#include <QClipboard>
#include <QDirIterator>
#include <QFileInfo>
#include <QGuiApplication>

#include <algorithm>
#include <cmath>
#include <utility>

namespace phial::app {

namespace {

/// Asked about before they are imported.
constexpr double kLongSeconds = 3600;

/// The files, and the recordings in the folders and those in them.
QStringList recordingsIn(const QStringList& paths) {
    QStringList files;
    for (const QString& path : paths) {
        if (!QFileInfo(path).isDir()) {
            files.append(path);
            continue;
        }
        QDirIterator folder(path, QDir::Files, QDirIterator::Subdirectories);
        QStringList found;
        while (folder.hasNext()) {
            const QString file = folder.next();
            if (ui::kindOfFile(file) == ui::AttachmentKind::Audio) {
                found.append(file);
            }
        }
        found.sort();
        files += found;
    }
    return files;
}

} // namespace

void MeetingSession::import(const QStringList& paths) {
    m_files.run([this, paths](const std::stop_token&) -> Background::Then {
        const QStringList files = recordingsIn(paths);
        QList<FoundRecording> now;
        QStringList problems;
        ui::LongImportView later;
        for (const QString& file : files) {
            try {
                // 0 where the file does not say
                const double seconds = documents::openAudioFile(file.toStdString())->info().seconds;
                if (seconds < kLongSeconds) {
                    now.append({.file = file, .seconds = seconds});
                } else {
                    later.files.append(file);
                    later.seconds += seconds;
                    later.copyBytes += QFileInfo(file).size();
                }
            } catch (const Error& error) {
                problems.append(QString::fromUtf8(error.what()));
            }
        }
        return [this, later, then = imported(now, 0, 0, problems), none = files.isEmpty()] {
            then();
            if (none) {
                fail(tr("Nothing was imported."), tr("There are no recordings in this folder."));
            }
            if (!later.files.isEmpty()) {
                // Behind the reading of the queue, which knows the last speed: the files may be
                // those that the program was started with.
                m_files.run([this, later](const std::stop_token&) -> Background::Then {
                    return [this, later] { askAboutLong(later); };
                });
            }
        };
    });
}

void MeetingSession::askAboutLong(ui::LongImportView recordings) {
    const auto& info = m_parts.engine.info();
    const double speed = m_jobs.queue().lastSpeed(info ? info->modelName : std::string());
    recordings.workSeconds = speed > 0 ? recordings.seconds / speed : -1;
    recordings.copyBytes = m_options.keepImportedSound ? recordings.copyBytes : 0;
    auto* dialog = new ui::LongImportDialog(m_window.theme(), recordings, &m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ui::LongImportDialog::importRequested, this, &MeetingSession::importNow);
    dialog->open();
}

void MeetingSession::importNow(const ui::LongImportWish& wish) {
    m_files.run([this, wish](const std::stop_token&) {
        QList<FoundRecording> files;
        for (const QString& file : wish.files) {
            // Looked at once more: nobody knows how long the question stood there.
            files.append({.file = file, .seconds = {}});
        }
        return imported(files, wish.from, wish.to, {});
    });
}

Background::Then MeetingSession::imported(const QList<FoundRecording>& files, double from,
                                          double to, QStringList problems) {
    QList<MeetingSummary> added;
    const std::string now = recorder::utcNow();
    for (const FoundRecording& one : files) {
        try {
            makeWorkspace();
            added.append(
                summaryOf(m_workspace->import(one.file.toStdString(), now, from, to, one.seconds)));
        } catch (const Error& error) {
            problems.append(QString::fromUtf8(error.what()));
        }
    }
    return [this, added, problems] {
        for (const MeetingSummary& meeting : added) {
            m_list.update(meeting);
            transcribe(meeting.id);
            keepSound(meeting.id);
        }
        if (!problems.isEmpty()) {
            fail(problems.size() == 1 ? tr("A file could not be imported.")
                                      : tr("%1 files could not be imported.").arg(problems.size()),
                 problems.join(u'\n'));
        }
        if (added.size() == 1) {
            open(added.first().id);
        } else if (!added.isEmpty()) {
            m_window.showBriefly(
                tr("%n recordings imported", nullptr, static_cast<int>(added.size())));
        }
    };
}

void MeetingSession::tryRecording(const QString& file, const QString& title) {
    m_files.run([this, file = file.toStdString(),
                 title = title.toStdString()](const std::stop_token&) -> Background::Then {
        try {
            makeWorkspace();
            if (const std::optional<meetings::MeetingEntry> before =
                    m_workspace->importedFrom(file)) {
                return [this, id = summaryOf(*before).id] { open(id); };
            }
            meetings::MeetingEntry meeting = m_workspace->import(file, recorder::utcNow());
            meeting.meta.title = title;
            m_workspace->store().saveMeta(meeting);
            return [this, summary = summaryOf(meeting)] {
                m_list.update(summary);
                transcribe(summary.id);
                keepSound(summary.id);
                open(summary.id);
            };
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The sample could not be opened."), sentence);
            };
        }
    });
}

void MeetingSession::rename(const QString& id, const QString& title) {
    if (title.isEmpty()) {
        return;
    }
    m_files.run([this, id, title](const std::stop_token&) -> Background::Then {
        try {
            meetings::MeetingEntry meeting = entryOf(id.toStdString());
            meeting.meta.title = title.toStdString();
            m_workspace->store().saveMeta(meeting);
            m_workspace->reindex(id.toStdString());
            return [this, id, summary = summaryOf(meeting)] {
                m_list.update(summary);
                showQueue(m_jobs.queue().list());
                if (id == m_current) {
                    m_window.setCurrentMeeting(id, summary.title);
                    m_reload.start();
                }
            };
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The meeting could not be renamed."), sentence);
            };
        }
    });
}

void MeetingSession::chooseLanguage(const QString& id, const QString& language) {
    m_files.run([this, id, language](const std::stop_token&) -> Background::Then {
        try {
            meetings::MeetingEntry meeting = entryOf(id.toStdString());
            meeting.meta.language = language.toStdString();
            m_workspace->store().saveMeta(meeting);
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The meeting could not be changed."), sentence);
            };
        }
        return [this] { m_reload.start(); };
    });
}

void MeetingSession::remove(const QString& id) {
    if (id == m_live) {
        m_window.showBriefly(tr("It is being recorded. Stop the recording first."));
        return;
    }
    for (const meetings::JobView& job : m_jobs.queue().list()) {
        if (job.spec.meeting == id.toStdString()) {
            m_jobs.queue().cancel(job.number);
        }
    }
    if (id == m_current) {
        m_player.pause();
    }
    m_keeper.forget(id);
    m_files.run([this, id](const std::stop_token&) -> Background::Then {
        try {
            const std::filesystem::path trashed = m_workspace->moveToTrash(id.toStdString());
            return [this, id, now = QString::fromStdString(trashed.filename().string())] {
                const MeetingSummary* about = m_list.find(id);
                ui::NoticeView notice;
                notice.key = QStringLiteral("meeting-deleted:") + now;
                notice.title =
                    tr("“%1” was moved to the trash.").arg(about == nullptr ? id : about->title);
                notice.actions = {ui::NoticeAction::Undo};
                m_window.showNotice(notice);
                m_list.remove(id);
                if (id == m_current) {
                    m_current.clear();
                    m_window.showPage(ui::MainWindow::Page::Chat);
                }
            };
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The meeting could not be deleted."), sentence);
            };
        }
    });
}

void MeetingSession::restore(const QString& id) {
    m_files.run([this, id = id.toStdString()](const std::stop_token&) -> Background::Then {
        try {
            const meetings::MeetingEntry meeting = m_workspace->restoreFromTrash(id);
            return [this, meeting, summary = summaryOf(meeting)] {
                m_list.update(summary);
                if (meeting.meta.copyWanted) {
                    m_keeper.add(meeting);
                }
                m_window.showBriefly(tr("“%1” is back").arg(summary.title));
                listTrash();
            };
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The meeting could not be restored."), sentence);
            };
        }
    });
}

void MeetingSession::listTrash() {
    m_files.run([this](const std::stop_token&) -> Background::Then {
        QList<ui::TrashView> views;
        try {
            makeWorkspace();
            for (const meetings::MeetingEntry& meeting : m_workspace->store().trash()) {
                views.append(trashView(meeting));
            }
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The trash could not be read."), sentence);
            };
        }
        return [this, views] { m_window.trashPage().setMeetings(views); };
    });
}

void MeetingSession::openExport(ui::ExportFormat format, const QString& summary) {
    ui::MeetingPage& page = m_window.meetingPage();
    QPair<double, double> selection{0, 0};
    const QList<qint64> chosen = page.transcript().selectedLines();
    for (const ui::LineView& line : m_lines.lines()) {
        const bool part = chosen.size() > 1 || format == ui::ExportFormat::Clip;
        if (part && chosen.contains(line.id)) {
            selection.first = selection.second > 0 ? selection.first : line.start;
            selection.second = line.end;
        }
    }
    auto* dialog = new ui::ExportDialog(m_window.theme(), page.meeting(),
                                        !m_lines.lines().isEmpty(), selection, &m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (format == ui::ExportFormat::Clip) {
        dialog->setFormat(format);
    }
    if (!summary.isEmpty()) {
        dialog->setSummary(summary);
    }
    connect(dialog, &ui::ExportDialog::exportRequested, this, &MeetingSession::exportMeeting);
    dialog->open();
}

void MeetingSession::exportMeeting(const ui::ExportWish& wish) {
    // With what is being saved before it.
    m_files.run([this, wish, id = current()](const std::stop_token&) -> Background::Then {
        try {
            const meetings::MeetingEntry meeting = entryOf(id);
            if (!wish.summary.isEmpty()) {
                return exportSummary(wish, meeting);
            }
            if (wish.format == ui::ExportFormat::Clip) {
                return [this, wish, meeting] {
                    m_long.run(
                        [this, wish, meeting](const std::stop_token& stop) -> Background::Then {
                            try {
                                const tasks::SoundSource sound = meetings::soundOf(meeting, stop);
                                const double to = wish.to > wish.from ? wish.to : sound.seconds + 1;
                                exporting::exportClip(
                                    sound,
                                    {.from = std::llround(wish.from * sound.sampleRateHz),
                                     .to = std::llround(to * sound.sampleRateHz)},
                                    wish.path.toStdString(), stop);
                            } catch (const Error& error) {
                                return [this, sentence = QString::fromUtf8(error.what())] {
                                    fail(tr("The sound could not be exported."), sentence);
                                };
                            }
                            return [this, wish] {
                                m_window.showBriefly(tr("Exported to %1").arg(wish.path));
                            };
                        });
                };
            }
            const meetings::Transcript transcript =
                m_workspace->store()
                    .readTranscript(meeting.folder)
                    .value_or(meetings::Transcript{.rateHz = 1});
            const exporting::Heading heading{.title = meeting.meta.title,
                                             .createdUtc = meeting.meta.createdUtc};
            if (!wish.path.isEmpty()) {
                exporting::exportTo(wish.path.toStdString(), transcript, heading,
                                    formatOf(wish.format), languagesOf(wish.languages));
                return [this, wish] { m_window.showBriefly(tr("Exported to %1").arg(wish.path)); };
            }
            return [this,
                    text = QString::fromStdString(exporting::exported(
                        transcript, heading, formatOf(wish.format), languagesOf(wish.languages)))] {
                QGuiApplication::clipboard()->setText(text);
                m_window.showBriefly(tr("Copied"));
            };
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The meeting could not be exported."), sentence);
            };
        }
    });
}

void MeetingSession::search(const QString& query) {
    m_files.run([this, query](const std::stop_token&) -> Background::Then {
        QList<ui::HitView> hits;
        try {
            makeWorkspace();
            if (!query.isEmpty()) {
                for (const meetings::SearchHit& hit : m_workspace->search(query.toStdString())) {
                    hits.append(hitView(hit));
                }
            }
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The meetings could not be searched."), sentence);
            };
        }
        return [this, query, hits] { m_window.searchPage().setHits(query, hits); };
    });
}

} // namespace phial::app
