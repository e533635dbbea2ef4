// SPDX-License-Identifier: MIT
#include "app/composition/meeting_views.h"

#include "app/meetings/pipeline/summary_file.h"
#include "app/recorder/journal.h"
#include "inference/base/atomic_file.h"
#include "inference/base/clock_text.h"
#include "inference/base/error.h"

#include <QCoreApplication>
#include <QLocale>
#include <QSet>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace phial::app {
namespace {

static_assert(meetings::kNoSource == ui::kNoSourceMark);

QString tr(const char* text) {
    return QCoreApplication::translate("Meetings", text);
}

QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

QString clock(double seconds) {
    return text(clockText(seconds));
}

QDateTime timeOf(const std::string& utc) {
    return QDateTime::fromString(text(utc), Qt::ISODate).toLocalTime();
}

/// "3 min left", for people: no seconds above a minute and a half.
QString leftText(double seconds) {
    if (seconds < 90) {
        return tr("%1 s left").arg(std::lround(seconds));
    }
    return seconds < 5400 ? tr("%1 min left").arg(std::lround(seconds / 60))
                          : tr("%1 h left").arg(QLocale().toString(seconds / 3600, 'f', 1));
}

/// Bookmarks, notes and gaps of a recording.
QList<ui::BookmarkView> bookmarksOf(const std::filesystem::path& folder) {
    QList<ui::BookmarkView> marks;
    std::string bytes;
    try {
        bytes = readFile(folder / "journal.jsonl");
    } catch (const Error&) {
        return marks; // an imported meeting has none
    }
    for (const recorder::JournalMark& mark : recorder::marksOf(recorder::parseJournal(bytes))) {
        const bool gap = mark.entry.kind == recorder::EntryKind::GapEnd;
        marks.append({.seconds = mark.seconds,
                      .text = gap ? tr("The microphone was away for %1 s.")
                                        .arg(QLocale().toString(mark.entry.seconds, 'f', 1))
                                  : text(mark.entry.text)});
    }
    return marks;
}

ui::LineView::Reason reasonOf(const meetings::TranscriptSegment& segment) {
    using From = meetings::UnclearReason;
    using To = ui::LineView::Reason;
    switch (segment.reason) {
    case From::Repetition:
        return To::Repetition;
    case From::Refusal:
        return To::Refusal;
    case From::Echo:
        return To::Echo;
    case From::OtherLanguage:
        return To::OtherLanguage;
    case From::NotKnown:
        break;
    }
    return To::NotKnown;
}

} // namespace

ui::LineView lineView(const meetings::Transcript& transcript,
                      const meetings::TranscriptSegment& segment) {
    ui::LineView line;
    line.id = segment.id;
    line.start = transcript.seconds(segment.startSample);
    line.end = transcript.seconds(segment.endSample);
    line.kind = segment.kind == meetings::SegmentKind::Speech    ? ui::LineView::Kind::Speech
                : segment.kind == meetings::SegmentKind::Unclear ? ui::LineView::Kind::Unclear
                                                                 : ui::LineView::Kind::Gap;
    line.reason = reasonOf(segment);
    line.text = text(segment.text);
    line.translation = text(segment.translation);
    line.speaker = text(segment.speaker);
    line.confidence = segment.confidence;
    line.edited = segment.editedByUser;
    for (const meetings::SegmentVersion& version : segment.versions) {
        line.versions.append(text(version.text));
    }
    return line;
}

QList<ui::LineView> lineViews(const meetings::Transcript& transcript) {
    QList<ui::LineView> lines;
    lines.reserve(static_cast<qsizetype>(transcript.segments.size()));
    for (const meetings::TranscriptSegment& segment : transcript.segments) {
        lines.append(lineView(transcript, segment));
    }
    return lines;
}

MeetingSummary summaryOf(const meetings::MeetingEntry& meeting) {
    return {.id = text(meeting.folder.filename().string()),
            .title = text(meeting.meta.title),
            .created = timeOf(meeting.meta.createdUtc),
            .seconds = meeting.meta.seconds};
}

ui::TrashView trashView(const meetings::MeetingEntry& meeting) {
    const MeetingSummary summary = summaryOf(meeting);
    return {.id = summary.id,
            .title = summary.title,
            .detail = QStringLiteral("%1  ·  %2")
                          .arg(QLocale().toString(summary.created.date(), QLocale::ShortFormat),
                               clock(summary.seconds))};
}

ui::MeetingView meetingView(const meetings::MeetingStore& store,
                            const meetings::MeetingEntry& meeting,
                            const std::optional<meetings::Transcript>& transcript) {
    ui::MeetingView view;
    view.id = text(meeting.folder.filename().string());
    view.title = text(meeting.meta.title);
    view.seconds = meeting.meta.seconds;
    view.language = text(meeting.meta.language);
    view.recovered = meeting.meta.recovered;
    view.hasSound = !meeting.meta.audio.empty();
    QStringList files;
    for (const std::string& name : meeting.meta.audio) {
        const std::filesystem::path file = meeting.folder / name;
        std::error_code ignored;
        view.hasSound = view.hasSound && std::filesystem::exists(file, ignored);
        files.append(text(file.string()));
    }
    if (transcript) {
        const bool done = transcript->doneSamples >= transcript->samples;
        view.state = done                           ? ui::TranscriptState::Done
                     : transcript->segments.empty() ? ui::TranscriptState::None
                                                    : ui::TranscriptState::Partial;
        view.translationLanguage = text(transcript->translationLanguage);
        if (view.seconds <= 0 && transcript->rateHz > 0) {
            view.seconds = transcript->seconds(transcript->samples);
        }
        QSet<QString> speakers;
        for (const meetings::TranscriptSegment& segment : transcript->segments) {
            speakers.insert(text(segment.speaker));
        }
        speakers.remove(QString());
        view.speakers = QStringList(speakers.begin(), speakers.end());
        view.speakers.sort();
    }
    view.notes = text(store.readNotes(meeting.folder));
    view.bookmarks = bookmarksOf(meeting.folder);
    for (const std::filesystem::path& file : store.summaries(meeting.folder)) {
        const QString name =
            text(file.stem().string()).mid(static_cast<int>(sizeof("summary-")) - 1);
        try {
            view.summaries.append(
                summaryView(name, meetings::readSummary(meeting.folder, name.toStdString()),
                            meeting.meta.title));
        } catch (const Error&) { // of a newer Phial: to be read only
            view.summaries.append({.name = name, .markdown = text(readFile(file))});
        }
    }
    view.details = {
        {tr("Begun"), QLocale().toString(timeOf(meeting.meta.createdUtc), QLocale::ShortFormat)},
        {tr("Length"), clock(view.seconds)},
        {tr("Sound"), files.isEmpty() ? tr("none") : files.join(u'\n')}};
    if (const std::string outside = meeting.meta.outsideFile(); !outside.empty()) {
        view.soundCanBeLocated = !view.hasSound;
        view.details.append({tr("Copy"), meeting.meta.copyWanted
                                             ? tr("is being made")
                                             : tr("none: the meeting needs this file")});
    } else if (!meeting.meta.source.empty()) {
        view.details.append({tr("Imported from"), text(meeting.meta.source)});
    }
    if (!view.language.isEmpty()) {
        view.details.append({tr("Spoken"), view.language});
    }
    if (transcript) {
        view.details.append(
            {tr("Lines"), QLocale().toString(static_cast<qlonglong>(transcript->segments.size()))});
        view.details.append(
            {tr("Listened to"),
             clock(transcript->seconds(std::min(transcript->doneSamples, transcript->samples)))});
    }
    if (const auto revisions = store.revisions(meeting.folder); !revisions.empty()) {
        view.details.append({tr("Older transcripts"),
                             QLocale().toString(static_cast<qlonglong>(revisions.size()))});
    }
    view.details.append({tr("Folder"), text(meeting.folder.string())});
    return view;
}

ui::SummaryView summaryView(const QString& name, const meetings::SummaryRecord& record,
                            const std::string& title) {
    const meetings::Summary& summary = record.summary;
    ui::SummaryView view;
    view.name = name;
    view.markdown =
        text(meetings::summaryMarkdown(summary, title, tr("*(changed by you)*").toStdString()));
    view.text = text(meetings::editableText(summary));
    view.edited = summary.editedByUser;
    for (const meetings::SummaryPart& part : meetings::partsOf(summary)) {
        const bool heading = summary.lines[part.line].kind == meetings::LineKind::Heading;
        view.parts.append(
            {.line = static_cast<int>(part.line), .text = text(part.text), .heading = heading});
    }
    for (auto one = record.versions.rbegin(); one != record.versions.rend(); ++one) {
        const QDateTime time = timeOf(one->changedUtc);
        const QString when = time.isValid() ? QLocale().toString(time, QLocale::ShortFormat)
                                            : tr("at an unknown time");
        view.versions.append(
            {.number = one->number,
             .label =
                 (one->summary.editedByUser ? tr("Changed by you, %1") : tr("Made %1")).arg(when)});
    }
    return view;
}

ui::QueueItem queueItem(const meetings::JobView& job, const QString& title) {
    using meetings::JobKind;
    using meetings::JobState;
    using State = ui::QueueItem::State;
    ui::QueueItem item;
    item.number = job.number;
    item.meeting = text(job.spec.meeting);
    const QString language = text(job.spec.language);
    switch (job.spec.kind) {
    case JobKind::Transcribe:
        item.text = tr("Transcribing “%1”").arg(title);
        break;
    case JobKind::Retranscribe:
        item.text = tr("Transcribing lines of “%1” again").arg(title);
        break;
    case JobKind::Translate:
        item.text = tr("Translating “%1” into %2").arg(title, language);
        break;
    case JobKind::Summarize:
        item.text = (job.spec.part.empty() ? tr("Summarizing “%1”")
                                           : tr("Making a part of the summary of “%1” again"))
                        .arg(title);
        break;
    }
    switch (job.state) {
    case JobState::Waiting:
        item.state = State::Waiting;
        break;
    case JobState::Running:
        item.state = State::Running;
        break;
    case JobState::Paused:
        item.state = State::Paused;
        break;
    case JobState::Done:
        item.state = State::Done;
        break;
    case JobState::Failed:
        item.state = State::Failed;
        break;
    case JobState::Cancelled:
        item.state = State::Cancelled;
        break;
    }
    item.problem = text(job.problem);
    QStringList parts;
    const meetings::JobProgress& progress = job.progress;
    if (progress.total > 0) {
        item.fraction = std::clamp(progress.done / progress.total, 0.0, 1.0);
        parts.append(tr("%1 %").arg(static_cast<int>(100 * item.fraction)));
    }
    if (!progress.detail.empty()) {
        parts.append(text(progress.detail));
    }
    if (progress.speed > 0) {
        const int digits = progress.speed < 10 ? 1 : 0;
        parts.append(tr("%1× real time").arg(QLocale().toString(progress.speed, 'f', digits)));
    }
    if (progress.secondsLeft >= 0 && item.state == State::Running) {
        parts.append(leftText(progress.secondsLeft));
    }
    item.detail = parts.join(QStringLiteral(" · "));
    return item;
}

ui::RecordingPhase phaseOf(recorder::RecorderState state) {
    switch (state) {
    case recorder::RecorderState::Idle:
        break;
    case recorder::RecorderState::Opening:
        return ui::RecordingPhase::Opening;
    case recorder::RecorderState::Recording:
        return ui::RecordingPhase::Recording;
    case recorder::RecorderState::Paused:
        return ui::RecordingPhase::Paused;
    case recorder::RecorderState::Stalled:
        return ui::RecordingPhase::Stalled;
    case recorder::RecorderState::Unplugged:
        return ui::RecordingPhase::Unplugged;
    }
    return ui::RecordingPhase::Idle;
}

ui::HitView hitView(const meetings::SearchHit& hit) {
    ui::HitView view;
    view.meeting = text(hit.folder.filename().string());
    view.title = text(hit.title);
    view.created = timeOf(hit.createdUtc);
    view.line = hit.segmentId;
    view.seconds = hit.startSeconds;
    view.speaker = text(hit.speaker);
    view.text = text(hit.text);
    for (const meetings::TextRange& range : hit.highlights) { // bytes there, letters here
        const int begin = static_cast<int>(text(hit.text.substr(0, range.begin)).size());
        const int length =
            static_cast<int>(text(hit.text.substr(range.begin, range.length)).size());
        view.marks.append({begin, length});
    }
    return view;
}

exporting::Format formatOf(ui::ExportFormat format) {
    switch (format) {
    case ui::ExportFormat::Text:
    case ui::ExportFormat::Clip: // is no format of a transcript
        return exporting::Format::Text;
    case ui::ExportFormat::TextWithTimes:
        return exporting::Format::TextWithTimes;
    case ui::ExportFormat::Markdown:
        return exporting::Format::Markdown;
    case ui::ExportFormat::Srt:
        return exporting::Format::Srt;
    case ui::ExportFormat::Vtt:
        return exporting::Format::Vtt;
    case ui::ExportFormat::Json:
        return exporting::Format::Json;
    case ui::ExportFormat::Csv:
        return exporting::Format::Csv;
    case ui::ExportFormat::Docx:
        return exporting::Format::Docx;
    }
    return exporting::Format::Text;
}

exporting::Languages languagesOf(ui::ExportLanguages languages) {
    switch (languages) {
    case ui::ExportLanguages::Original:
        break;
    case ui::ExportLanguages::Translation:
        return exporting::Languages::Translation;
    case ui::ExportLanguages::Both:
        return exporting::Languages::Both;
    }
    return exporting::Languages::Original;
}

} // namespace phial::app
