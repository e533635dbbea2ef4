// SPDX-License-Identifier: MIT
#pragma once

#include "app/composition/meeting_list.h"
#include "app/export/exporter.h"
#include "app/meetings/meeting_store.h"
#include "app/meetings/pipeline/job_queue.h"
#include "app/meetings/pipeline/summary_record.h"
#include "app/meetings/workspace/workspace.h"
#include "app/recorder/recorder_session.h"
#include "ui/contracts/meeting_view.h"

#include <QList>
#include <QString>

#include <string>

namespace phial::app {

// What meetings, jobs and the recorder report, in the words of the window. No state.

ui::LineView lineView(const meetings::Transcript& transcript,
                      const meetings::TranscriptSegment& segment);
QList<ui::LineView> lineViews(const meetings::Transcript& transcript);

MeetingSummary summaryOf(const meetings::MeetingEntry& meeting);
ui::TrashView trashView(const meetings::MeetingEntry& meeting);

/// Reads the small files of a meeting: everything but its lines. Throws as MeetingStore.
ui::MeetingView meetingView(const meetings::MeetingStore& store,
                            const meetings::MeetingEntry& meeting,
                            const std::optional<meetings::Transcript>& transcript);

/// `name`: of its template; `title`: of the meeting.
ui::SummaryView summaryView(const QString& name, const meetings::SummaryRecord& record,
                            const std::string& title);

ui::QueueItem queueItem(const meetings::JobView& job, const QString& title);

ui::RecordingPhase phaseOf(recorder::RecorderState state);

ui::HitView hitView(const meetings::SearchHit& hit);

exporting::Format formatOf(ui::ExportFormat format);
exporting::Languages languagesOf(ui::ExportLanguages languages);

} // namespace phial::app
