// SPDX-License-Identifier: MIT
#include "tests/ui/tour_meeting.h"

#include "tests/ui/meeting_fixtures.h"

#include <array>

namespace phial::ui::test {
namespace {

struct Said {
    double start;
    double end;
    const char* speaker;
    const char* text;
    const char* german;
};

constexpr std::array<Said, 14> kSaid{{
    {4, 9, "Nora",
     "Good morning. Before we begin: is everybody content with the notes of last week?",
     "Guten Morgen. Bevor wir anfangen: Sind alle mit dem Protokoll der letzten Woche zufrieden?"},
    {11, 14, "Victor", "Yes, I am.", "Ja, bin ich."},
    {16, 27, "Nora",
     "Then the tide sensors. Three of the twelve drift by more than four millimetres a month, and "
     "we "
     "do not know why.",
     "Dann die Gezeitensensoren. Drei der zwölf driften um mehr als vier Millimeter im Monat, und "
     "wir wissen nicht, warum."},
    {29, 41, "Victor",
     "I looked at the two in the harbour. The cables are fine, it is the housing: water gets in "
     "when "
     "the ferry passes.",
     "Ich habe mir die zwei im Hafen angesehen. Die Kabel sind in Ordnung, es ist das Gehäuse: "
     "Wasser dringt ein, wenn die Fähre vorbeifährt."},
    {43, 49, "Imogen", "Could we move them behind the pier, where it is calmer?",
     "Könnten wir sie hinter den Pier setzen, wo es ruhiger ist?"},
    {51, 60, "Victor", "We could, but the readings of the last six years would no longer compare.",
     "Könnten wir, aber die Messwerte der letzten sechs Jahre wären nicht mehr vergleichbar."},
    {62, 70, "Nora", "So we decide for new housings, and the sensors stay where they are.",
     "Also entscheiden wir uns für neue Gehäuse, und die Sensoren bleiben, wo sie sind."},
    {72, 80, "Victor", "I will order twelve of them by Friday.",
     "Ich bestelle bis Freitag zwölf Stück davon."},
    {83, 93, "Imogen",
     "About the visitor centre: the queue at the entrance was 40 minutes long on Saturday.",
     "Zum Besucherzentrum: Die Schlange am Eingang war am Samstag 40 Minuten lang."},
    {95, 99, "Nora", "Forty? Last year it was", "Vierzig? Letztes Jahr waren es"},
    {99, 101, "Victor", "", ""},
    {103, 114, "Imogen",
     "A second ticket machine would help more than another guide, and it pays for itself in a "
     "year.",
     "Ein zweiter Fahrkartenautomat würde mehr helfen als noch ein Führer, und er macht sich in "
     "einem Jahr bezahlt."},
    {116, 124, "Nora", "Please bring two offers to the next meeting, and we decide then.",
     "Bitte bring zwei Angebote zur nächsten Sitzung mit, dann entscheiden wir."},
    {126, 132, "Imogen", "I will. Is there anything about the fog horn?",
     "Mache ich. Gibt es etwas zum Nebelhorn?"},
}};

QDateTime today(int hour, int minute) {
    return {QDate::currentDate(), QTime(hour, minute)};
}

} // namespace

QList<LineView> tourLines() {
    QList<LineView> lines;
    for (const Said& said : kSaid) {
        LineView line;
        line.id = lines.size() + 1;
        line.start = said.start;
        line.end = said.end;
        line.speaker = QString::fromUtf8(said.speaker);
        line.text = QString::fromUtf8(said.text);
        line.translation = QString::fromUtf8(said.german);
        line.confidence = 0.94;
        lines.append(line);
    }
    lines[5].edited = true;
    lines[5].versions = {
        QStringLiteral("We could but the readings of the last six ears would no longer compare.")};
    lines[9].confidence = 0.48;
    lines[10].kind = LineView::Kind::Unclear;
    return lines;
}

MeetingView tourMeeting(TranscriptState state) {
    MeetingView view;
    view.id = QStringLiteral("2026-11-20-harbour-group-0a1b2c3d");
    view.title = QStringLiteral("Harbour group, weekly");
    view.seconds = 137;
    view.state = state;
    view.bookmarks = {{.seconds = 62, .text = QStringLiteral("decision about the housings")},
                      {.seconds = 95, .text = {}}};
    view.details = {{QStringLiteral("Begun"), QStringLiteral("20/11/2026 09:00")},
                    {QStringLiteral("Length"), QStringLiteral("2:17")},
                    {QStringLiteral("Sound"), QStringLiteral("audio.wav")},
                    {QStringLiteral("Spoken"), QStringLiteral("English")},
                    {QStringLiteral("Lines"), QStringLiteral("14")}};
    view.notes = QStringLiteral("Ask the ferry company for its timetable of January.");
    view.language = QStringLiteral("English");
    if (state != TranscriptState::None) {
        view.speakers = {QStringLiteral("Imogen"), QStringLiteral("Nora"),
                         QStringLiteral("Victor")};
    }
    if (state == TranscriptState::Done) {
        view.summaries = {
            summaryOf("# Harbour group, weekly\n\n## Topics\n\n"
                      "- Three of twelve tide sensors drift by more than 4 mm a month. "
                      "[0:16](#t=16)\n"
                      "- Water gets into the housings when the ferry passes. [0:29](#t=29)\n"
                      "- The queue at the visitor centre was 40 minutes long. "
                      "[1:23](#t=83)\n\n## Decisions\n\n"
                      "- New housings; the sensors stay where they are. [1:02](#t=62)\n\n"
                      "## Action items\n\n"
                      "- **Victor** orders twelve housings by Friday. [1:12](#t=72)\n"
                      "- **Imogen** brings two offers for a ticket machine. "
                      "[1:43](#t=103) [1:56](#t=116)\n"
                      "- The fog horn is tested on Monday. (no source found)\n",
                      view.title)};
    }
    return view;
}

QList<AskTurn> tourQuestions() {
    return {
        {.byUser = true, .markdown = QStringLiteral("Why do the sensors drift?")},
        {.byUser = false,
         .markdown = QStringLiteral(
             "Water gets into the housings when the ferry passes; the cables are fine. "
             "[0:29](#t=29)")},
        {.byUser = true, .markdown = QStringLiteral("Why are they not moved?")},
        {.byUser = false,
         .markdown = QStringLiteral("Because the readings of the last six years would no longer "
                                    "compare. [0:51](#t=51)")}};
}

QList<app::MeetingSummary> tourMeetings(bool recording) {
    const QString id = tourMeeting(TranscriptState::Done).id;
    QList<app::MeetingSummary> all{
        {.id = id,
         .title = QStringLiteral("Harbour group, weekly"),
         .created = today(9, 0),
         .seconds = 137},
        {.id = QStringLiteral("m2"),
         .title = QStringLiteral("Interview with the supplier of the housings"),
         .created = today(14, 30).addDays(-1),
         .seconds = 2823},
        {.id = QStringLiteral("m3"),
         .title = QStringLiteral("Planning of the year"),
         .created = QDateTime(QDate(2025, 12, 3), QTime(10, 0)),
         .seconds = 8417}};
    if (recording) {
        all.prepend({.id = QStringLiteral("live"),
                     .title = QStringLiteral("Recording 28 Nov, 15:04"),
                     .created = today(15, 4),
                     .seconds = 754,
                     .live = true});
    }
    return all;
}

QList<HitView> tourHits() {
    const auto hit = [](const char* title, const QDate& date, double seconds, const char* speaker,
                        const char* text) {
        HitView view;
        view.meeting = tourMeeting(TranscriptState::Done).id;
        view.title = QString::fromUtf8(title);
        view.created = QDateTime(date, QTime(9, 0));
        view.line = 1 + static_cast<qint64>(seconds);
        view.seconds = seconds;
        view.speaker = QString::fromUtf8(speaker);
        view.text = QString::fromUtf8(text);
        const auto at = view.text.indexOf(QStringLiteral("sensor"), 0, Qt::CaseInsensitive);
        view.marks = {{static_cast<int>(at), 6}};
        return view;
    };
    return {hit("Harbour group, weekly", {2026, 11, 20}, 16, "Nora",
                "Then the tide sensors. Three of the twelve drift by more than four millimetres a "
                "month, and we do not know why."),
            hit("Harbour group, weekly", {2026, 11, 20}, 62, "Nora",
                "So we decide for new housings, and the sensors stay where they are."),
            hit("Interview with the supplier of the housings", {2026, 11, 19}, 1284, "",
                "It was never meant for a sensor that stands in moving water all year, to be "
                "honest."),
            hit("Planning of the year", {2025, 12, 3}, 5021, "Victor",
                "Sensor drift is the first thing that I would like to understand.")};
}

QList<TrashView> tourTrash() {
    return {{.id = QStringLiteral("t1"),
             .title = QStringLiteral("Test of the microphone"),
             .detail = QStringLiteral("19/11/2026  ·  0:07")},
            {.id = QStringLiteral("t2"),
             .title = QStringLiteral("Recording 12 Nov, 08:58"),
             .detail = QStringLiteral("12/11/2026  ·  1:02:41")}};
}

QList<QueueItem> tourQueue() {
    QueueItem running;
    running.number = 1;
    running.meeting = tourMeeting(TranscriptState::Done).id;
    running.text = QStringLiteral("Transcribing “Harbour group, weekly”");
    running.state = QueueItem::State::Running;
    running.fraction = 0.64;
    running.detail = QStringLiteral("64 % · 2.1× real time · 24 s left");
    QueueItem waiting;
    waiting.number = 2;
    waiting.text =
        QStringLiteral("Translating “Interview with the supplier of the housings” into German");
    QueueItem paused;
    paused.number = 3;
    paused.text = QStringLiteral("Summarizing “Planning of the year”");
    paused.state = QueueItem::State::Paused;
    paused.fraction = 0.33;
    paused.detail = QStringLiteral("chunk 3 of 9");
    QueueItem failed;
    failed.number = 4;
    failed.text = QStringLiteral("Transcribing “old tape”");
    failed.state = QueueItem::State::Failed;
    failed.problem =
        QStringLiteral("The file “old tape.mp3” is damaged: its streams cannot be read.");
    return {running, waiting, paused, failed};
}

} // namespace phial::ui::test
