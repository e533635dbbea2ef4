// SPDX-License-Identifier: MIT
#pragma once

#include "app/composition/transcript_model.h"
#include "ui/contracts/meeting_view.h"

#include <QByteArray>
#include <QList>

namespace phial::ui::test {

/// Lines of a talk between two people, four seconds each, always the same.
QList<LineView> talk(int lines);

/// Minutes as a meeting has them.
SummaryView summaryOf(const char* markdown, const QString& title);

/// A meeting of that many lines with summary, bookmarks and details.
MeetingView meetingOf(int lines);

/// Peaks as of somebody speaking.
QByteArray speechPeaks(double seconds);

QList<QueueItem> queueItems();
QList<HitView> hits();

} // namespace phial::ui::test
