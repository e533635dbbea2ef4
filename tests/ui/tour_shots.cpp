// SPDX-License-Identifier: MIT
// The pictures of docs/tour.md: tour_shots FOLDER [NAME...]. make_tour.sh makes them small.
#include "tests/ui/fixtures.h"
#include "tests/ui/meeting_fixtures.h"
#include "tests/ui/model_fixtures.h"
#include "tests/ui/tour_meeting.h"
#include "ui/meeting/export_dialog.h"
#include "ui/meeting/language_dialog.h"
#include "ui/meeting/long_import_dialog.h"
#include "ui/meeting/meeting_page.h"
#include "ui/meeting/queue_dialog.h"
#include "ui/meeting/recording_bar.h"
#include "ui/meeting/search_page.h"
#include "ui/meeting/transcript_view.h"
#include "ui/meeting/trash_page.h"
#include "ui/pages/models_page.h"
#include "ui/pages/settings_page.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QConcatenateTablesProxyModel>
#include <QDialog>
#include <QDir>
#include <QLineEdit>
#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QTextStream>

#include <functional>

namespace phial::ui::test {
namespace {

struct Stage {
    MainWindow window;
    conversation::ConversationModel messages;
    conversation::ConversationList chats;
    app::MeetingList meetings;
    app::TranscriptModel lines;
    QConcatenateTablesProxyModel all;
    QDialog* dialog = nullptr; ///< drawn over the window

    explicit Stage(Theme& theme)
        : window(theme) {
        all.addSourceModel(&chats);
        all.addSourceModel(&meetings);
        QList<conversation::Summary> talks = summaries();
        talks.resize(3);
        chats.setAll(talks);
        meetings.setAll(tourMeetings(false));
        window.setConversations(&all);
        window.setMessages(&messages);
        window.setSamples(samples());
        window.setEngine(hardwareEngine());
        window.setCurrentConversation(QString(), QString());
        window.meetingPage().setTranscript(&lines);
    }

    ~Stage() { delete dialog; }
};

void openMeeting(Stage& stage, const MeetingView& meeting) {
    const bool written = meeting.state != TranscriptState::None;
    stage.window.meetingPage().setMeeting(meeting);
    stage.lines.reset(written ? tourLines() : QList<LineView>());
    stage.window.meetingPage().setPeaks(speechPeaks(meeting.seconds));
    stage.window.setCurrentMeeting(meeting.id, meeting.title);
    stage.window.showPage(MainWindow::Page::Meeting);
}

void openFinished(Stage& stage) {
    openMeeting(stage, tourMeeting(TranscriptState::Done));
}

void openTranslated(Stage& stage) {
    MeetingView meeting = tourMeeting(TranscriptState::Done);
    meeting.translationLanguage = QStringLiteral("German");
    openMeeting(stage, meeting);
}

void record(Stage& stage) {
    stage.meetings.setAll(tourMeetings(true));
    stage.window.setRecording({.phase = RecordingPhase::Recording, .detail = {}});
    stage.window.recordingBar().setLevel({.peak = 0.5F,
                                          .rms = 0.16F,
                                          .clipped = false,
                                          .seconds = 754,
                                          .diskSecondsLeft = 41 * 3600});
}

void showRecording(Stage& stage) {
    MeetingView live;
    live.id = QStringLiteral("live");
    live.title = QStringLiteral("Recording 28 Nov, 15:04");
    live.beingRecorded = true;
    live.hasSound = false;
    record(stage);
    openMeeting(stage, live);
    stage.window.meetingPage().showTab(MeetingPage::Tab::Details);
}

void showUnplugged(Stage& stage) {
    record(stage);
    stage.window.setRecording({.phase = RecordingPhase::Unplugged, .detail = {}});
    stage.window.showNotice(
        {.key = QStringLiteral("disk"),
         .severity = Severity::Warning,
         .title = QStringLiteral("The disk is nearly full."),
         .text = QStringLiteral("There is room for 28 more minutes. The recording goes on."),
         .detail = {},
         .actions = {}});
    stage.window.showNotice({.key = QStringLiteral("microphone"),
                             .severity = Severity::Warning,
                             .title = QStringLiteral("The microphone was disconnected."),
                             .text = QStringLiteral("What was recorded is safe. The recording goes "
                                                    "on when it, or another one, is there; the gap "
                                                    "is marked."),
                             .detail = {},
                             .actions = {NoticeAction::ChooseMicrophone}});
}

void showRecovered(Stage& stage) {
    MeetingView meeting = tourMeeting(TranscriptState::None);
    meeting.recovered = true;
    openMeeting(stage, meeting);
    stage.window.showNotice(
        {.key = QStringLiteral("recovered"),
         .severity = Severity::Warning,
         .title = QStringLiteral("Recovered: “Harbour group, weekly”, 2:17."),
         .text = QStringLiteral("The recording was interrupted. Everything up to the last moments "
                                "before that is there."),
         .detail = {},
         .actions = {NoticeAction::OpenMeeting, NoticeAction::TranscribeMeeting}});
}

void showTranscribing(Stage& stage) {
    openMeeting(stage, tourMeeting(TranscriptState::Partial));
    QList<LineView> begun = tourLines();
    begun.resize(8);
    for (LineView& line : begun) {
        line.translation.clear();
    }
    stage.lines.reset(begun);
    const QList<QueueItem> queue = tourQueue();
    stage.window.setQueue(queue);
    stage.window.meetingPage().setTranscriptionStatus(queue.first().detail);
    stage.window.meetingPage().setPartialText(
        QStringLiteral("About the visitor centre: the queue at the"));
}

void showPlaying(Stage& stage) {
    openFinished(stage);
    stage.window.meetingPage().setPlayback({.seconds = 64.5, .playing = true});
    stage.window.meetingPage().showLine(7);
}

void showFind(Stage& stage) {
    openFinished(stage);
    stage.window.meetingPage().openFind();
    stage.window.meetingPage()
        .findChild<QLineEdit*>(QStringLiteral("findText"))
        ->setText(QStringLiteral("sensor"));
}

void showEditing(Stage& stage) {
    openFinished(stage);
    stage.window.meetingPage().setUndo(true);
    stage.window.meetingPage().editLine(10, -1);
}

void showTab(Stage& stage, MeetingPage::Tab tab) {
    openFinished(stage);
    stage.window.meetingPage().setPlayback({.seconds = 30, .playing = false});
    stage.window.meetingPage().setAsk(tourQuestions(), false);
    stage.window.meetingPage().showTab(tab);
}

void showExport(Stage& stage) {
    openTranslated(stage);
    stage.dialog = new ExportDialog(stage.window.theme(), stage.window.meetingPage().meeting(),
                                    true, {0, 0}, nullptr);
}

void showLongImport(Stage& stage) {
    const LongImportView recording{
        .files = {QStringLiteral("/home/anna/Harbour group, planning day.m4a")},
        .seconds = 18130,
        .workSeconds = 11340,
        .copyBytes = 217'000'000};
    auto* dialog = new LongImportDialog(stage.window.theme(), recording, nullptr);
    for (QPushButton* button : dialog->findChildren<QPushButton*>()) {
        if (button->text() == QStringLiteral("Only a Part…")) {
            button->click();
        }
    }
    stage.dialog = dialog;
}

void showLanguage(Stage& stage) {
    openFinished(stage);
    stage.window.showNotice(
        {.key = QStringLiteral("language"),
         .severity = Severity::Warning,
         .title = QStringLiteral("The spoken language looks like Dutch."),
         .text = QStringLiteral("“Harbour group, weekly”: speech is supported in Chinese, English, "
                                "French, German, Italian, Japanese, Portuguese, Spanish; what is "
                                "written down of another language may be wrong. The sound is kept. "
                                "Continue, or choose one of these, and it is transcribed again."),
         .detail = {},
         .actions = {NoticeAction::Continue, NoticeAction::ChooseLanguage}});
    stage.dialog = new LanguageDialog(
        stage.window.theme(), stage.window.meetingPage().meeting().title, QString(), nullptr);
}

void showQueue(Stage& stage) {
    openFinished(stage);
    QueueItem copy;
    copy.number = -1;
    copy.text = QStringLiteral("Copying the sound of “Harbour group, planning day”");
    copy.state = QueueItem::State::Running;
    copy.fraction = 0.64;
    copy.detail = QStringLiteral("138.9 MB of 217.0 MB");
    copy.cancelOnly = true;
    stage.window.setQueue(tourQueue() + QList<QueueItem>{copy});
    stage.dialog = &stage.window.queueDialog();
}

void showSearch(Stage& stage, const QString& query, const QList<HitView>& hits) {
    stage.window.showPage(MainWindow::Page::Search);
    SearchPage& page = stage.window.searchPage();
    page.findChild<QLineEdit*>()->setText(query);
    page.setHits(query, hits);
}

void showTrash(Stage& stage) {
    stage.window.trashPage().setMeetings(tourTrash());
    stage.window.showPage(MainWindow::Page::Trash);
}

void showFailed(Stage& stage) {
    openMeeting(stage, tourMeeting(TranscriptState::Partial));
    QList<LineView> begun = tourLines();
    begun.resize(5);
    stage.lines.reset(begun);
    stage.window.showNotice(
        {.key = QStringLiteral("job"),
         .severity = Severity::Error,
         .title = QStringLiteral("Transcribing “Harbour group, weekly” failed; what was done is "
                                 "kept."),
         .text = QStringLiteral("The graphics driver restarted."),
         .detail = {},
         .actions = {NoticeAction::ShowQueue}});
}

void showSilent(Stage& stage) {
    MeetingView meeting = tourMeeting(TranscriptState::Done);
    meeting.summaries.clear();
    openMeeting(stage, meeting);
    stage.lines.reset({});
    stage.window.meetingPage().setPeaks(QByteArray(1370, char(3)));
}

void showNoModel(Stage& stage) {
    DeviceChipState none;
    none.state = EngineState::Failed;
    stage.window.setEngine(none);
    openMeeting(stage, tourMeeting(TranscriptState::None));
    QueueItem waiting = tourQueue().first();
    waiting.state = QueueItem::State::Waiting;
    waiting.detail.clear();
    stage.window.setQueue({waiting});
    stage.window.meetingPage().setTranscriptionStatus(queueStateText(waiting));
    stage.window.showNotice({.key = QStringLiteral("engine"),
                             .severity = Severity::Info,
                             .title = QStringLiteral("It waits for a model."),
                             .text = QStringLiteral("The queue goes on as soon as one is loaded."),
                             .detail = {},
                             .actions = {NoticeAction::AddModel, NoticeAction::RetryLoad}});
}

void showMissing(Stage& stage) {
    MeetingView meeting = tourMeeting(TranscriptState::None);
    meeting.hasSound = false;
    meeting.soundCanBeLocated = true;
    openMeeting(stage, meeting);
    stage.window.meetingPage().setPeaks({});
}

void showSettings(Stage& stage) {
    stage.window.settingsPage().setView(settingsRows());
    stage.window.showPage(MainWindow::Page::Settings);
}

void showModels(Stage& stage) {
    ModelsPage& page = stage.window.modelsPage();
    stage.window.showPage(MainWindow::Page::Models);
    page.setModels(manyModels());
    page.select(checkpointModel().id);
    page.setTarget(
        {.folder = manyModels().targets + QStringLiteral("/Phi-4-multimodal-instruct-default"),
         .freeBytes = 92'000'000'000,
         .problem = {}});
}

void showQuantizing(Stage& stage) {
    showModels(stage);
    ModelsPage& page = stage.window.modelsPage();
    page.select(unfinishedModel().id);
    page.setWork(quantizing(ModelWorkView::State::Running));
}

struct Shot {
    const char* name;
    bool narrow; ///< at 800x600 too
    std::function<void(Stage&)> prepare;
};

QList<Shot> tour() {
    using Tab = MeetingPage::Tab;
    const auto tab = [](Tab which) { return [which](Stage& stage) { showTab(stage, which); }; };
    const auto translated = [](Stage& stage) {
        openTranslated(stage);
        stage.window.meetingPage().showTab(Tab::Translation);
    };
    const auto found = [](Stage& stage) {
        showSearch(stage, QStringLiteral("sensor"), tourHits());
    };
    const auto nothing = [](Stage& stage) { showSearch(stage, QStringLiteral("lighthouse"), {}); };
    const auto page = [](MainWindow::Page which) {
        return [which](Stage& stage) { stage.window.showPage(which); };
    };
    return {{"01-home", true, [](Stage&) {}},
            {"02-recording", true, showRecording},
            {"03-recovered", true, showRecovered},
            {"04-transcribing", true, showTranscribing},
            {"05-transcript", true, showPlaying},
            {"06-editing", false, showEditing},
            {"07-find", true, showFind},
            {"08-translation", true, translated},
            {"09-summary", true, tab(Tab::Summary)},
            {"10-ask", true, tab(Tab::Ask)},
            {"11-details", false, tab(Tab::Details)},
            {"12-export", false, showExport},
            {"13-search", true, found},
            {"14-nothing-found", false, nothing},
            {"15-queue", false, showQueue},
            {"16-trash", false, showTrash},
            {"17-microphone-gone", true, showUnplugged},
            {"18-failed", false, showFailed},
            {"19-nothing-heard", false, showSilent},
            {"20-no-model", false, showNoModel},
            {"21-sound-missing", false, showMissing},
            {"22-models", false, showModels},
            {"24-quantizing", true, showQuantizing},
            {"23-keys", false, page(MainWindow::Page::Shortcuts)},
            {"25-settings", false, showSettings},
            {"26-long-import", false, showLongImport},
            {"27-language", true, showLanguage}};
}

void drawDialog(QPixmap& picture, QDialog& dialog, const Theme& theme) {
    dialog.show();
    QCoreApplication::processEvents();
    const QPixmap front = dialog.grab();
    QPainter painter(&picture);
    painter.fillRect(picture.rect(), QColor(0, 0, 0, 60));
    const QRect place(
        QPoint((picture.width() - front.width()) / 2, (picture.height() - front.height()) / 2),
        front.size());
    painter.setPen(theme.colors().controlBorder);
    painter.drawRect(place.adjusted(-1, -1, 0, 0));
    painter.drawPixmap(place.topLeft(), front);
}

void take(Theme& theme, const Shot& shot, const QSize& size, const QString& file) {
    Stage stage(theme);
    stage.window.resize(size);
    stage.window.show();
    QCoreApplication::processEvents();
    shot.prepare(stage);
    for (int i = 0; i < 8; ++i) {
        stage.window.conversation().flush();
        QCoreApplication::processEvents();
    }
    QPixmap picture = stage.window.grab();
    if (stage.dialog != nullptr) {
        drawDialog(picture, *stage.dialog, theme);
        if (stage.dialog->parent() != nullptr) {
            stage.dialog = nullptr; // the window's own
        }
    }
    picture.save(file);
}

} // namespace
} // namespace phial::ui::test

int main(int argc, char** argv) {
    using namespace phial::ui;
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QApplication app(argc, argv);
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
    const QStringList words = QApplication::arguments().mid(1);
    if (words.isEmpty()) {
        QTextStream(stderr) << "usage: tour_shots FOLDER [NAME...]\n";
        return 2;
    }
    QDir().mkpath(words.first());
    initResources();
    Theme theme;
    for (const auto choice : {ThemeChoice::Light, ThemeChoice::Dark}) {
        theme.setChoice(choice);
        const QString color = choice == ThemeChoice::Light ? QStringLiteral("-light.png")
                                                           : QStringLiteral("-dark.png");
        for (const test::Shot& shot : test::tour()) {
            const QString name = QString::fromLatin1(shot.name);
            if (words.size() > 1 && !words.contains(name)) {
                continue;
            }
            const QString file = words.first() + u'/' + name;
            test::take(theme, shot, {1280, 800}, file + color);
            if (shot.narrow) {
                test::take(theme, shot, {800, 600}, file + QStringLiteral("-narrow") + color);
            }
        }
    }
    return 0;
}
