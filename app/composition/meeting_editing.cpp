// SPDX-License-Identifier: MIT
// What the user changes: texts, speakers, names; import, trash, export, search, questions.
#include "app/composition/meeting_session.h"
#include "app/composition/meeting_views.h"
#include "app/export/clip.h"
#include "app/meetings/pipeline/meeting_question.h"
#include "app/meetings/workspace/meeting_sound.h"
#include "inference/base/error.h"
#include "ui/contracts/media_types.h"
#include "ui/meeting/export_dialog.h"
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

/// Bytes of the first `letters` letters (UTF-16, as the window counts).
std::size_t bytesOf(const QString& text, int letters) {
    return static_cast<std::size_t>(text.left(letters).toUtf8().size());
}

/// Room that a question leaves for its answer.
constexpr int kAnswerTokens = 512;

} // namespace

void MeetingSession::connectEditing() {
    ui::MeetingPage& page = m_window.meetingPage();
    using ui::MeetingPage;
    connect(&page, &MeetingPage::textEdited, this, [this](qint64 id, const QString& text) {
        change([id, text = text.toStdString()](meetings::Transcript& transcript) {
            return editText(transcript, id, text);
        });
    });
    connect(&page, &MeetingPage::divided, this, [this](qint64 id, const QString& text, int at) {
        // Words have no times: the place that is heard, when it lies in the line, else by letters.
        const double heard = m_window.meetingPage().playback().seconds;
        auto second = std::make_shared<std::int64_t>(0); // shared with what follows in this thread
        change(
            [=](meetings::Transcript& transcript) {
                editText(transcript, id, text.toStdString());
                const meetings::TranscriptSegment* line = findSegment(transcript, id);
                if (line == nullptr) {
                    return false;
                }
                const auto length = static_cast<double>(line->endSample - line->startSample);
                std::int64_t place = std::llround(heard * transcript.rateHz);
                if (place <= line->startSample || place >= line->endSample) {
                    place = line->startSample +
                            std::llround(length * at / std::max<double>(1, double(text.size())));
                }
                *second = splitSegment(transcript, id, bytesOf(text, at), place);
                return *second != 0;
            },
            [this, second] {
                if (*second != 0) {
                    m_window.meetingPage().editLine(*second, 0);
                }
            });
    });
    connect(&page, &MeetingPage::joined, this,
            [this](qint64 first, qint64 edited, const QString& text) {
                auto at = std::make_shared<int>(-1); // shared with what follows in this thread
                change(
                    [=](meetings::Transcript& transcript) {
                        editText(transcript, edited, text.toStdString());
                        if (const auto* line = findSegment(transcript, first)) {
                            *at = static_cast<int>(QString::fromStdString(line->text).size());
                        }
                        return mergeWithNext(transcript, first);
                    },
                    [this, first, at] { m_window.meetingPage().editLine(first, *at); });
            });
    connect(&page, &MeetingPage::replaceAllRequested, this,
            [this](const QString& from, const QString& to) {
                auto count = std::make_shared<int>(0); // shared with what follows in this thread
                change(
                    [=](meetings::Transcript& transcript) {
                        *count =
                            replaceEverywhere(transcript, from.toStdString(), to.toStdString());
                        return *count > 0;
                    },
                    [this, count] { m_window.showBriefly(tr("%n replaced", nullptr, *count)); });
            });
    connect(&page, &MeetingPage::speakerChosen, this,
            [this](const QList<qint64>& ids, const QString& name) {
                change([ids, name = name.toStdString()](meetings::Transcript& transcript) {
                    for (const qint64 id : ids) {
                        if (meetings::TranscriptSegment* line = findSegment(transcript, id)) {
                            line->speaker = name;
                        }
                    }
                    return true;
                });
            });
    connect(&page, &MeetingPage::speakerRenamed, this,
            [this](const QString& from, const QString& to) {
                change([from = from.toStdString(),
                        to = to.toStdString()](meetings::Transcript& transcript) {
                    return renameSpeaker(transcript, from, to) > 0;
                });
            });
    connect(&page, &MeetingPage::versionChosen, this, [this](qint64 id, int version) {
        change([id, version](meetings::Transcript& transcript) {
            return restoreVersion(transcript, id, static_cast<std::size_t>(version));
        });
    });
    connect(&page, &MeetingPage::undoRequested, this, [this] { undo(false); });
    connect(&page, &MeetingPage::redoRequested, this, [this] { undo(true); });
    connect(&page, &MeetingPage::renamed, this, &MeetingSession::rename);
    connect(&page, &MeetingPage::notesChanged, this,
            [this](const QString& id, const QString& notes) {
                m_files.run([this, id = id.toStdString(), notes = notes.toStdString()](
                                const std::stop_token&) -> Background::Then {
                    try {
                        m_workspace->store().saveNotes(entryOf(id).folder, notes);
                    } catch (const Error& error) {
                        return [this, sentence = QString::fromUtf8(error.what())] {
                            fail(tr("The notes could not be saved."), sentence);
                        };
                    }
                    return {};
                });
            });
    connect(&page, &MeetingPage::exportRequested, this, &MeetingSession::openExport);
    connect(&page, &MeetingPage::deleteRequested, this, [this] { remove(m_current); });
    connect(&page, &MeetingPage::asked, this, &MeetingSession::ask);
    connect(&page, &MeetingPage::askStopped, this, [this] { m_parts.engine.stop(m_asking); });
    connect(&m_window, &ui::MainWindow::importRequested, this, &MeetingSession::import);
    connect(&m_window, &ui::MainWindow::meetingRenamed, this, &MeetingSession::rename);
    connect(&m_window, &ui::MainWindow::meetingDeleted, this, &MeetingSession::remove);
    connect(&m_window, &ui::MainWindow::trashOpened, this, &MeetingSession::listTrash);
    connect(&m_window.trashPage(), &ui::TrashPage::restoreRequested, this,
            &MeetingSession::restore);
    connect(&m_window.trashPage(), &ui::TrashPage::deleteForeverRequested, this,
            [this](const QString& id) {
                m_files.run(
                    [this, id = id.toStdString()](const std::stop_token&) -> Background::Then {
                        try {
                            for (const meetings::MeetingEntry& one : m_workspace->store().trash()) {
                                if (one.folder.filename() == id) {
                                    m_workspace->store().deleteForever(one.folder);
                                }
                            }
                        } catch (const Error& error) {
                            return [this, sentence = QString::fromUtf8(error.what())] {
                                fail(tr("The meeting could not be deleted."), sentence);
                            };
                        }
                        return [this] { listTrash(); };
                    });
            });
    connect(&m_window.searchPage(), &ui::SearchPage::searchRequested, this,
            &MeetingSession::search);
    connect(&m_window.searchPage(), &ui::SearchPage::hitActivated, this,
            [this](const ui::HitView& hit) { open(hit.meeting, hit.line); });
    const auto answered = [this](JobId job, const QString& problem) {
        if (job == m_asking && job != 0) {
            m_asking = 0;
            if (!problem.isEmpty()) {
                m_turns.last().markdown += QStringLiteral("\n\n*%1*").arg(problem);
            } else {
                m_turns.last().markdown =
                    QString::fromStdString(meetings::answerMarkdown(m_answer, *m_transcript));
            }
            showAsk();
        }
    };
    connect(&m_parts.engine, &EngineController::textAppended, this,
            [this](JobId job, const QString& text) {
                if (job == m_asking && job != 0) {
                    m_answer += text.toStdString();
                    m_turns.last().markdown = QString::fromStdString(m_answer);
                    showAsk();
                }
            });
    connect(&m_parts.engine, &EngineController::finished, this,
            [answered](JobId job, const auto&) { answered(job, {}); });
    connect(&m_parts.engine, &EngineController::failed, this,
            [answered](JobId job, ErrorCode, const QString& sentence) { answered(job, sentence); });
}

/// Changes the transcript of the shown meeting, on the disk and then on the page.
void MeetingSession::change(const Change& how, std::function<void()> then) {
    m_files.run([this, how, then = std::move(then),
                 id = m_current](const std::stop_token&) -> Background::Then {
        meetings::Transcript before;
        meetings::Transcript after;
        try {
            m_workspace->edit(id.toStdString(), [&](meetings::Transcript& transcript) {
                before = transcript;
                const bool changed = how(transcript);
                after = transcript;
                return changed || !(before == after);
            });
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The change could not be saved."), sentence);
            };
        }
        const QList<ui::LineView> lines = lineViews(after);
        auto kept = std::make_shared<const meetings::Transcript>(std::move(after));
        return [this, id, before = std::move(before), kept, lines, then] {
            if (id != m_current) {
                return;
            }
            m_history.record(before, *kept);
            m_transcript = kept;
            m_lines.update(lines);
            m_window.meetingPage().setUndo(m_history.canUndo());
            if (then) {
                then();
            }
        };
    });
}

void MeetingSession::undo(bool again) {
    // Taken along and brought back: the history belongs to this thread.
    auto history = std::make_shared<meetings::TranscriptHistory>(m_history);
    m_files.run([this, history, again, id = m_current](const std::stop_token&) -> Background::Then {
        meetings::Transcript after;
        bool changed = false;
        try {
            m_workspace->edit(id.toStdString(), [&](meetings::Transcript& transcript) {
                changed = again ? history->redo(transcript) : history->undo(transcript);
                after = transcript;
                return changed;
            });
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The change could not be taken back."), sentence);
            };
        }
        const QList<ui::LineView> lines = lineViews(after);
        auto kept = std::make_shared<const meetings::Transcript>(std::move(after));
        return [this, id, history, lines, kept, changed] {
            if (id == m_current) {
                m_history = *history;
                if (changed) {
                    m_transcript = kept;
                    m_lines.update(lines);
                }
                m_window.meetingPage().setUndo(m_history.canUndo());
            }
        };
    });
}

void MeetingSession::import(const QStringList& paths) {
    m_files.run([this, paths](const std::stop_token&) -> Background::Then {
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
        QList<MeetingSummary> added;
        QStringList problems;
        const std::string now = recorder::utcTime(std::chrono::system_clock::now());
        for (const QString& file : files) {
            try {
                makeWorkspace();
                added.append(summaryOf(m_workspace->import(file.toStdString(), now)));
            } catch (const Error& error) {
                problems.append(QString::fromUtf8(error.what()));
            }
        }
        return [this, added, problems, none = files.isEmpty()] {
            for (const MeetingSummary& meeting : added) {
                m_list.update(meeting);
                m_jobs.queue().add({.kind = meetings::JobKind::Transcribe,
                                    .meeting = meeting.id.toStdString(),
                                    .language = {},
                                    .detail = {},
                                    .lines = {}});
            }
            if (none) {
                fail(tr("Nothing was imported."), tr("There are no recordings in this folder."));
            } else if (!problems.isEmpty()) {
                fail(tr("%n file(s) could not be imported.", nullptr,
                        static_cast<int>(problems.size())),
                     problems.join(u'\n'));
            }
            if (added.size() == 1) {
                open(added.first().id);
            } else if (!added.isEmpty()) {
                m_window.showBriefly(
                    tr("%n recordings imported", nullptr, static_cast<int>(added.size())));
            }
        };
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

void MeetingSession::remove(const QString& id) {
    for (const meetings::JobView& job : m_jobs.queue().list()) {
        if (job.spec.meeting == id.toStdString()) {
            m_jobs.queue().cancel(job.number);
        }
    }
    if (id == m_current) {
        m_player.pause();
    }
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
                    m_window.setCurrentConversation({}, {});
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
            return [this, summary = summaryOf(meeting)] {
                m_list.update(summary);
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

void MeetingSession::openExport() {
    ui::MeetingPage& page = m_window.meetingPage();
    QPair<double, double> selection{0, 0};
    const QList<qint64> chosen = page.transcript().selectedLines();
    for (const ui::LineView& line : m_lines.lines()) {
        if (chosen.size() > 1 && chosen.contains(line.id)) {
            selection.first = selection.second > 0 ? selection.first : line.start;
            selection.second = line.end;
        }
    }
    auto* dialog = new ui::ExportDialog(m_window.theme(), page.meeting(),
                                        !m_lines.lines().isEmpty(), selection, &m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ui::ExportDialog::exportRequested, this, &MeetingSession::exportMeeting);
    dialog->open();
}

void MeetingSession::exportMeeting(const ui::ExportWish& wish) {
    // With what is being saved before it.
    m_files.run([this, wish, id = current()](const std::stop_token&) -> Background::Then {
        try {
            const meetings::MeetingEntry meeting = entryOf(id);
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

void MeetingSession::ask(const QString& question) {
    if (m_asking != 0 || m_transcript == nullptr) {
        return;
    }
    m_turns.append({.byUser = true, .markdown = question.toHtmlEscaped()});
    m_turns.append({.byUser = false, .markdown = QStringLiteral("…")});
    m_answer.clear();
    m_jobs.yield(); // who asks waits; the queue does not
    m_asking = m_parts.engine.submit(
        [transcript = m_transcript, question = question.toStdString()](
            Engine& engine, const GenerationEvents& events, std::stop_token stop) {
            const int room = engine.info().contextTokens - kAnswerTokens;
            const std::string prompt =
                meetings::questionPrompt(*transcript, question, [&](const std::string& whole) {
                    return engine.textTokens(whole) <= room;
                });
            Message message;
            message.role = Role::User;
            message.text = prompt;
            Sampling sampling;
            sampling.maxTokens = kAnswerTokens;
            return tasks::requestTask(tasks::chat({message}, {}, sampling))(engine, events,
                                                                            std::move(stop));
        });
    showAsk();
}

void MeetingSession::showAsk() {
    m_window.meetingPage().setAsk(m_turns, m_asking != 0);
}

} // namespace phial::app
