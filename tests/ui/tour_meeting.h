// SPDX-License-Identifier: MIT
#pragma once

#include "app/composition/meeting_list.h"
#include "ui/contracts/meeting_view.h"

#include <QList>

namespace phial::ui::test {

/// The meeting of the screen tour: a made-up project group, with translation, summary, questions.
QList<LineView> tourLines();
MeetingView tourMeeting(TranscriptState state);
QList<AskTurn> tourQuestions();
QList<app::MeetingSummary> tourMeetings(bool recording);
QList<HitView> tourHits();
QList<TrashView> tourTrash();
QList<QueueItem> tourQueue();

} // namespace phial::ui::test
