// SPDX-License-Identifier: MIT
// Summaries of the meeting on the page: asked for, made again, cancelled, changed, brought back.
#include "app/composition/meeting_session.h"
#include "app/composition/meeting_views.h"
#include "app/export/summary_formats.h"
#include "app/meetings/pipeline/summary_file.h"
#include "app/recorder/recorder.h"
#include "inference/base/error.h"
#include "ui/meeting/meeting_page.h"

#include <QClipboard>
#include <QGuiApplication>

namespace phial::app {
void MeetingSession::connectSummaries() {
    ui::MeetingPage& page = m_window.meetingPage();
    using ui::MeetingPage;
    connect(&page, &MeetingPage::summaryRequested, this, &MeetingSession::onSummaryWish);
    connect(&page, &MeetingPage::summaryPartRequested, this, &MeetingSession::onPartWish);
    connect(&page, &MeetingPage::summaryCancelled, this, &MeetingSession::cancelSummary);
    connect(&page, &MeetingPage::summaryEdited, this, &MeetingSession::editSummary);
    connect(&page, &MeetingPage::summaryExportRequested, this,
            [this](const QString& name) { openExport(ui::ExportFormat::Text, name); });
    connect(&page, &MeetingPage::summaryVersionChosen, this, &MeetingSession::bringBackSummary);
}

void MeetingSession::summarize(const std::string& meeting, const ui::SummaryWish& wish) {
    const QString& what = wish.name.isEmpty() ? wish.own : wish.name;
    m_jobs.queue().add({.kind = meetings::JobKind::Summarize,
                        .meeting = meeting,
                        .language = wish.language.toStdString(),
                        .detail = what.toStdString(),
                        .lines = {}});
}

/// A summary is made from what is written down; what is not yet is written down first.
void MeetingSession::onSummaryWish(const ui::SummaryWish& wish) {
    if (m_window.meetingPage().meeting().state == ui::TranscriptState::None) {
        transcribe(m_current, wish);
    } else {
        addJob(meetings::JobKind::Summarize, wish.language,
               wish.name.isEmpty() ? wish.own : wish.name);
    }
}

/// Asks for a part in the way that the whole was asked for.
void MeetingSession::onPartWish(const ui::SummaryPartWish& wish) {
    m_files.run([this, id = current(), wish](const std::stop_token&) -> Background::Then {
        try {
            const std::string name = wish.name.toStdString();
            const meetings::SummaryRecord record = meetings::readSummary(entryOf(id).folder, name);
            meetings::JobSpec spec{.kind = meetings::JobKind::Summarize,
                                   .meeting = id,
                                   .language = record.language,
                                   .detail = name == "own" ? record.instruction : name,
                                   .lines = {wish.part.line},
                                   .part = wish.part.text.toStdString()};
            return [this, spec = std::move(spec)] {
                m_jobs.queue().add(spec);
                tellThatItWaits();
            };
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The part cannot be made again."), sentence);
            };
        }
    });
}

/// Whatever is made of the shown meeting, or waits; what was there stays.
void MeetingSession::cancelSummary() {
    m_summaries.remove(m_current);
    for (const meetings::JobView& job : m_jobs.queue().list()) {
        if (job.spec.kind == meetings::JobKind::Summarize && job.spec.meeting == current()) {
            m_jobs.queue().cancel(job.number); // nothing to those that have ended
        }
    }
    showQueue(m_jobs.queue().list());
}

void MeetingSession::editSummary(const QString& id, const QString& name, const QString& text) {
    m_files.run([this, id, name, text](const std::stop_token&) -> Background::Then {
        try {
            m_workspace->editSummary(
                id.toStdString(), name.toStdString(), [&text](meetings::SummaryRecord& record) {
                    return meetings::editSummary(record, text.toStdString(), recorder::utcNow());
                });
        } catch (const Error& error) {
            return [this, id, name, text, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The summary could not be saved."), sentence);
                m_window.meetingPage().editSummary(id, name,
                                                   text); // nothing that was written gets lost
            };
        }
        return {};
    });
}

void MeetingSession::bringBackSummary(const QString& id, const QString& name, qint64 version) {
    m_files.run([this, id, name, version](const std::stop_token&) -> Background::Then {
        try {
            m_workspace->editSummary(
                id.toStdString(), name.toStdString(), [version](meetings::SummaryRecord& record) {
                    return meetings::bringBack(record, version, recorder::utcNow());
                });
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("The earlier summary could not be brought back."), sentence);
            };
        }
        return {};
    });
}

/// On m_files' thread.
Background::Then MeetingSession::exportSummary(const ui::ExportWish& wish,
                                               const meetings::MeetingEntry& meeting) {
    const meetings::SummaryRecord record =
        meetings::readSummary(meeting.folder, wish.summary.toStdString());
    const exporting::Heading heading{.title = meeting.meta.title,
                                     .createdUtc = meeting.meta.createdUtc};
    if (!wish.path.isEmpty()) {
        exporting::exportSummaryTo(wish.path.toStdString(), record, heading, formatOf(wish.format));
        return [this, wish] { m_window.showBriefly(tr("Exported to %1").arg(wish.path)); };
    }
    return [this, text = QString::fromStdString(
                      exporting::exportedSummary(record, heading, formatOf(wish.format)))] {
        QGuiApplication::clipboard()->setText(text);
        m_window.showBriefly(tr("Copied"));
    };
}

} // namespace phial::app
