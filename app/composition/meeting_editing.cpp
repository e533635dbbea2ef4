// SPDX-License-Identifier: MIT
// What the user changes on the page: texts, speakers, notes; and questions. The library is in
// meeting_library.cpp.
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
    connect(&page, &MeetingPage::exportRequested, this, [this] { openExport(); });
    connect(&page, &MeetingPage::clipRequested, this,
            [this] { openExport(ui::ExportFormat::Clip); });
    connect(&page, &MeetingPage::languageChosen, this, &MeetingSession::chooseLanguage);
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
                linkAnswer();
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
        meetings::TranscriptHistory& history = historyOf(id);
        history.record(before, after);
        const QList<ui::LineView> lines = lineViews(after);
        auto kept = std::make_shared<const meetings::Transcript>(std::move(after));
        return [this, id, undoable = history.canUndo(), kept, lines, then] {
            if (id != m_current) {
                return;
            }
            m_transcript = kept;
            m_lines.update(lines);
            m_undoPossible = undoable;
            m_window.meetingPage().setUndo(undoable);
            if (then) {
                then();
            }
        };
    });
}

/// On m_files' thread, where changes are made one after the other.
meetings::TranscriptHistory& MeetingSession::historyOf(const QString& id) {
    if (m_historyOf != id) {
        m_history.clear();
        m_historyOf = id;
    }
    return m_history;
}

void MeetingSession::undo(bool again) {
    m_files.run([this, again, id = m_current](const std::stop_token&) -> Background::Then {
        meetings::TranscriptHistory& history = historyOf(id);
        meetings::Transcript after;
        bool changed = false;
        try {
            m_workspace->edit(id.toStdString(), [&](meetings::Transcript& transcript) {
                changed = again ? history.redo(transcript) : history.undo(transcript);
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
        return [this, id, undoable = history.canUndo(), lines, kept, changed] {
            if (id == m_current) {
                if (changed) {
                    m_transcript = kept;
                    m_lines.update(lines);
                }
                m_undoPossible = undoable;
                m_window.meetingPage().setUndo(undoable);
            }
        };
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

/// Looks for the sources of the last answer, which takes a while in a long meeting.
void MeetingSession::linkAnswer() {
    m_turns.last().markdown = QString::fromStdString(m_answer); // until then
    m_files.run([this, id = m_current, answer = m_answer,
                 transcript = m_transcript](const std::stop_token&) -> Background::Then {
        return [this, id, raw = QString::fromStdString(answer),
                linked = QString::fromStdString(meetings::answerMarkdown(answer, *transcript))] {
            for (ui::AskTurn& turn : m_turns) {
                if (id == m_current && !turn.byUser && turn.markdown == raw) {
                    turn.markdown = linked;
                }
            }
            showAsk();
        };
    });
}

void MeetingSession::showAsk() {
    m_window.meetingPage().setAsk(m_turns, m_asking != 0);
}

} // namespace phial::app
