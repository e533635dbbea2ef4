// SPDX-License-Identifier: MIT
#include "tests/ui/meeting_fixtures.h"

#include "app/composition/meeting_views.h"
#include "app/meetings/pipeline/summary_file.h"

#include <array>
#include <cmath>
#include <random>

namespace phial::ui::test {
namespace {

constexpr std::array<const char*, 6> kSaid{
    "Good morning everyone, thank you for coming at such short notice.",
    "We have to decide today whether the launch moves to the second week of March, because the "
    "server room is not ready and the supplier cannot deliver the cooling unit before the end of "
    "February.",
    "I would rather keep the date.",
    "Anna sends the revised budget to the team by Friday.",
    "The numbers of the third quarter are lower than planned, mostly since the inventory was "
    "counted a week late.",
    "Any questions so far?"};
constexpr std::array<const char*, 6> kTranslated{
    "Guten Morgen zusammen, danke, dass ihr so kurzfristig gekommen seid.",
    "Wir müssen heute entscheiden, ob der Start in die zweite Märzwoche rückt, weil der Serverraum "
    "nicht fertig ist und der Lieferant die Kühlung nicht vor Ende Februar liefern kann.",
    "Ich würde den Termin lieber halten.",
    "Anna schickt das überarbeitete Budget bis Freitag an das Team.",
    "Die Zahlen des dritten Quartals liegen unter Plan, vor allem weil der Bestand eine Woche zu "
    "spät gezählt wurde.",
    "Gibt es bis hierhin Fragen?"};

} // namespace

QList<LineView> talk(int lines) {
    QList<LineView> all;
    all.reserve(lines);
    for (int i = 0; i < lines; ++i) {
        LineView line;
        const auto which = static_cast<std::size_t>(i) % kSaid.size();
        line.id = i + 1;
        line.start = 4.0 * i;
        line.end = line.start + 3.8;
        line.text = QString::fromUtf8(kSaid[which]);
        line.translation = QString::fromUtf8(kTranslated[which]);
        line.speaker = i % 5 < 3 ? QStringLiteral("Anna") : QStringLiteral("Ben");
        line.confidence = i % 7 == 4 ? 0.4 : 0.93;
        line.edited = i % 11 == 3;
        if (i % 13 == 12) {
            line.kind = LineView::Kind::Unclear;
            line.text = QStringLiteral("[unclear]");
            line.translation.clear();
        }
        all.append(line);
    }
    return all;
}

SummaryView summaryOf(const char* markdown, const QString& title) {
    return app::summaryView(QStringLiteral("minutes"),
                            {.summary = meetings::summaryFromMarkdown(markdown)},
                            title.toStdString());
}

MeetingView meetingOf(int lines) {
    MeetingView view;
    view.id = QStringLiteral("2026-11-20-weekly-0a1b2c3d");
    view.title = QStringLiteral("Weekly");
    view.seconds = 4.0 * lines;
    view.state = lines > 0 ? TranscriptState::Done : TranscriptState::None;
    view.speakers = {QStringLiteral("Anna"), QStringLiteral("Ben")};
    if (lines > 0) {
        view.summaries = {summaryOf(
            "# Weekly\n\n## Decisions\n\n- The launch moves to the second week of March. "
            "[0:04](#t=4) [0:08](#t=8)\n- Anna sends the revised budget by Friday. "
            "[0:12](#t=12) Everybody liked the cake. (no source found)\n\n## Questions\n\n"
            "- Who pays?\n",
            view.title)};
    }
    view.bookmarks = {{.seconds = 12, .text = QStringLiteral("budget")},
                      {.seconds = 31, .text = {}}};
    view.details = {{QStringLiteral("Begun"), QStringLiteral("20/11/2026 09:00")},
                    {QStringLiteral("Length"), QStringLiteral("47:03")},
                    {QStringLiteral("Sound"), QStringLiteral("audio.wav")}};
    return view;
}

QByteArray speechPeaks(double seconds) {
    std::mt19937 random(7);
    QByteArray peaks;
    for (int i = 0; i < int(10 * seconds); ++i) {
        const double breath = 0.5 + 0.5 * std::sin(i * 0.09) * std::sin(i * 0.013);
        peaks.append(char(60 + int(150 * breath) + int(random() % 45)));
    }
    return peaks;
}

QList<QueueItem> queueItems() {
    QueueItem running;
    running.number = 1;
    running.text = QStringLiteral("Transcribing “Weekly”");
    running.state = QueueItem::State::Running;
    running.fraction = 0.43;
    running.detail = QStringLiteral("43 % · 2.1× real time · 3 min left");
    QueueItem waiting;
    waiting.number = 2;
    waiting.text = QStringLiteral("Translating “Interview with the supplier” into German");
    QueueItem failed;
    failed.number = 3;
    failed.text = QStringLiteral("Transcribing “old tape”");
    failed.state = QueueItem::State::Failed;
    failed.problem =
        QStringLiteral("The file \"old tape.mp3\" is damaged: its streams cannot be read.");
    return {running, waiting, failed};
}

QList<HitView> hits() {
    HitView first;
    first.meeting = QStringLiteral("2026-11-20-weekly-0a1b2c3d");
    first.title = QStringLiteral("Weekly");
    first.created = QDateTime(QDate(2026, 11, 20), QTime(9, 0));
    first.line = 4;
    first.seconds = 12;
    first.speaker = QStringLiteral("Anna");
    first.text = QStringLiteral("Anna sends the revised budget to the team by Friday.");
    first.marks = {{23, 6}};
    HitView second = first;
    second.title = QStringLiteral("Planning");
    second.created = QDateTime(QDate(2026, 11, 3), QTime(14, 30));
    second.seconds = 1840;
    second.line = 230;
    second.speaker.clear();
    second.text = QStringLiteral("Then the budget for the second half of the year.");
    second.marks = {{9, 6}};
    return {first, second};
}

} // namespace phial::ui::test
