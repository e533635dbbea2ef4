// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/capture_view.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QMetaType>
#include <QPair>
#include <QString>
#include <QStringList>

#include <optional>

namespace phial::ui {

/// One line of a transcript as the page shows it. Times in seconds of the recording.
struct LineView {
    enum class Kind {
        Speech,
        Unclear, ///< somebody speaks, but nothing worth showing could be written down
        Gap,     ///< speech for which the model gave nothing
    };

    /// What was wrong with the answers about an Unclear line.
    enum class Reason {
        NotKnown,
        Repetition,    ///< the same words over and over
        Refusal,       ///< about the model or the sound instead of what is said
        Echo,          ///< the instruction
        OtherLanguage, ///< than those that were chosen; kept among the older texts
    };

    qint64 id = 0;
    double start = 0;
    double end = 0;
    Kind kind = Kind::Speech;
    Reason reason = Reason::NotKnown;
    QString text;
    QString translation;
    QString speaker;
    double confidence = -1; ///< [0, 1]; negative = not known
    bool edited = false;    ///< by the user
    QStringList versions;   ///< older texts, oldest first

    /// Below this the text is marked as doubtful.
    static constexpr double kDoubtful = 0.6;

    bool doubtful() const { return confidence >= 0 && confidence < kDoubtful; }

    bool operator==(const LineView&) const = default;
};

/// Roles of a transcript (a QAbstractListModel, one row a line, in order of time).
/// Qt::DisplayRole is what a screen reader says.
enum TranscriptRoles {
    LineRole = Qt::UserRole + 1, ///< LineView
};

/// In the Markdown of summaries and answers: behind a sentence that the transcript does not bear
/// out.
inline constexpr const char* kNoSourceMark = "(no source found)";

/// A line of a summary: it, or a heading with what is under it, can be made again.
struct SummaryPartView {
    int line = 0; ///< its place
    QString text; ///< Markdown without sources
    bool heading = false;

    bool operator==(const SummaryPartView&) const = default;
};

/// What a summary said before.
struct SummaryVersionView {
    qint64 number = 0;
    QString label; ///< when it was made and by whom

    bool operator==(const SummaryVersionView&) const = default;
};

struct SummaryView {
    QString name;                       ///< of the template: "minutes", ..., "own"
    QString markdown;                   ///< times are links "[1:02](#t=62)"
    QString text;                       ///< to be edited, without times; empty = cannot be
    QList<SummaryPartView> parts;       ///< in order, one for each line
    QList<SummaryVersionView> versions; ///< newest first
    bool edited = false;                ///< by the user
};

struct BookmarkView {
    double seconds = 0;
    QString text; ///< empty = a bare mark

    bool operator==(const BookmarkView&) const = default;
};

/// How far the transcript of a meeting is.
enum class TranscriptState { None, Running, Partial, Done };

/// The meeting on the page, without its lines.
struct MeetingView {
    QString id;
    QString title;
    double seconds = 0;
    bool hasSound = true;
    bool soundCanBeLocated = false; ///< it is missing, and another file may take its place
    bool recovered = false;         ///< the recording was interrupted
    bool beingRecorded = false;     ///< its sound cannot be played yet
    TranscriptState state = TranscriptState::None;
    QString language;            ///< spoken, English name; empty = automatic
    QString translationLanguage; ///< English name; empty = none yet
    QString notes;               ///< the user's, Markdown
    QList<BookmarkView> bookmarks;
    QList<SummaryView> summaries;
    QList<QPair<QString, QString>> details; ///< what and its value, for reading
    QStringList speakers;                   ///< names that occur
};

struct PlaybackView {
    double seconds = 0;
    bool playing = false;

    bool operator==(const PlaybackView&) const = default;
};

enum class RecordingPhase { Idle, Opening, Recording, Paused, Stalled, Unplugged };

/// The meeting that is being recorded.
struct RecordingView {
    RecordingPhase phase = RecordingPhase::Idle;
    QString detail;           ///< one sentence when something is wrong, else empty
    bool systemAudio = false; ///< what the computer plays is recorded too

    bool operator==(const RecordingView&) const = default;
};

/// What the next recording listens to.
struct RecordingSources {
    QList<InputDeviceView> microphones;
    bool systemAudio = false;
    QString noSystemAudio; ///< why it cannot be recorded, one sentence; empty = it can
};

struct RecordingLevel {
    float peak = 0;
    float rms = 0;
    bool clipped = false;
    double seconds = 0;          ///< recorded so far
    double diskSecondsLeft = -1; ///< negative = not known
};

/// One entry of the queue of long work.
struct QueueItem {
    enum class State { Waiting, Running, Paused, Done, Failed, Cancelled };

    qint64 number = 0;
    QString meeting; ///< id
    QString text;    ///< "Transcribing “Weekly”"
    State state = State::Waiting;
    double fraction = -1;    ///< negative = not known
    QString detail;          ///< "43 % · 2.1× · 3 min left"
    QString problem;         ///< one sentence, when Failed
    bool cancelOnly = false; ///< it has no place in the order and cannot be paused

    bool operator==(const QueueItem&) const = default;
};

/// What is wanted of an entry of the queue.
enum class QueueCommand { Up, Down, Pause, Resume, Cancel, Retry, Forget };

/// What the user wants to have written down.
struct TranscriptionWish {
    QString language;    ///< spoken, English name; empty = automatic
    QString translateTo; ///< English name; empty = no translation
};

/// What is offered first where a meeting does not say otherwise. English names; empty = automatic
/// or as spoken.
struct MeetingDefaults {
    QString spoken;
    QString translateTo;
    QString summary; ///< name of a template; empty = the first
    QString summaryLanguage;

    bool operator==(const MeetingDefaults&) const = default;
};

struct SummaryWish {
    QString name;     ///< of a template; empty = `own`
    QString own;      ///< the user's own instruction
    QString language; ///< of the summary, English name; empty = as spoken
};

/// A part of a summary that is to be made again.
struct SummaryPartWish {
    QString name; ///< of the summary, see SummaryView
    SummaryPartView part;
};

enum class ExportFormat { Text, TextWithTimes, Markdown, Srt, Vtt, Json, Csv, Docx, Clip };
enum class ExportLanguages { Original, Translation, Both };

struct ExportWish {
    QString summary; ///< name of the one that is exported; empty = the meeting itself
    ExportFormat format = ExportFormat::Text;
    ExportLanguages languages = ExportLanguages::Original;
    QString path;    ///< empty = to the clipboard
    double from = 0; ///< of a clip, seconds
    double to = 0;   ///<
};

/// Recordings of hours that are to be imported.
struct LongImportView {
    QStringList files;
    double seconds = 0;      ///< in all
    double workSeconds = -1; ///< that writing them down takes; negative = not known
    qint64 copyBytes = 0;    ///< of the copies that are kept; 0 = the sound stays where it is
};

/// What is wanted of them.
struct LongImportWish {
    QStringList files;
    double from = 0; ///< seconds of the only one
    double to = 0;   ///< equal to `from` = all
};

/// One hit of a search over all meetings.
struct HitView {
    QString meeting;
    QString title;
    QDateTime created;
    qint64 line = 0; ///< 0 = the title
    double seconds = 0;
    QString speaker;
    QString text;
    QList<QPair<int, int>> marks; ///< begin and length of what was found, in `text`
};

struct TrashView {
    QString id;
    QString title;
    QString detail; ///< date and length
};

/// A turn of the talk about a meeting.
struct AskTurn {
    bool byUser = false;
    QString markdown; ///< times are links "[1:02](#t=62)"
};

} // namespace phial::ui

Q_DECLARE_METATYPE(phial::ui::LineView)
Q_DECLARE_METATYPE(phial::ui::HitView)
Q_DECLARE_METATYPE(phial::ui::QueueItem)
