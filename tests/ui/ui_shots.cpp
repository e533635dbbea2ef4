// SPDX-License-Identifier: MIT
// Renders the window in every state to PNG files: ui_shots FOLDER [NAME...]. For looking at.
#include "tests/ui/fixtures.h"
#include "tests/ui/meeting_fixtures.h"
#include "tests/ui/model_fixtures.h"
#include "ui/meeting/meeting_page.h"
#include "ui/meeting/recording_bar.h"
#include "ui/meeting/summary_editor.h"
#include "ui/meeting/summary_panel.h"
#include "ui/pages/models_page.h"
#include "ui/pages/settings_page.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QDragEnterEvent>
#include <QLineEdit>
#include <QLocale>
#include <QMimeData>
#include <QPushButton>
#include <QTextStream>
#include <QUrl>

#include <functional>
#include <string>
#include <utility>

namespace phial::ui::test {
namespace {

struct Stage {
    Theme& theme;
    MainWindow& window;
    conversation::ConversationModel& messages;
    conversation::ConversationList& list;
    app::TranscriptModel& lines;
};

struct Shot {
    QByteArray name;
    QSize size;
    ThemeChoice choice;
    std::function<void(Stage&)> prepare;
};

void showConversation(Stage& stage) {
    fillConversation(stage.messages);
    stage.window.setCurrentConversation(QStringLiteral("c1"), QStringLiteral("Sales by quarter"));
    stage.window.setContext({.conversation = 2900, .draft = 0, .reply = 1024, .capacity = 8192});
}

void showTop(Stage& stage) {
    showConversation(stage);
    stage.window.conversation().setCurrentRow(0);
    stage.window.conversation().setCurrentRow(-1);
}

void showBusy(Stage& stage) {
    fillConversation(stage.messages);
    stage.window.setCurrentConversation(QStringLiteral("c1"), QStringLiteral("Sales by quarter"));
    stage.messages.append(
        question(QStringLiteral("And what should we do about the third quarter?")));
    conversation::Turn turn = answer(QString());
    turn.state = MessageState::Waiting;
    turn.stats.clear();
    const QString id = stage.messages.append(turn);
    stage.messages.appendText(
        id, QStringLiteral("Three things would help, in this order:\n\n1. Move the **inventory "
                           "count** to the last week of the quarter\n2. Agree on one date for"));
    stage.window.setAnswering(Composer::Answering::Yes);
    DeviceChipState engine = hardwareEngine();
    engine.state = EngineState::Busy;
    stage.window.setEngine(engine);
    stage.window.setJob({.text = QStringLiteral("Writing the answer"), .fraction = -1});
}

void showDraft(Stage& stage) {
    showConversation(stage);
    AttachmentView reading;
    reading.id = QStringLiteral("r");
    reading.name = QStringLiteral("whiteboard.jpg");
    reading.state = AttachmentState::Reading;
    AttachmentView broken;
    broken.id = QStringLiteral("b");
    broken.name = QStringLiteral("holiday.mov");
    broken.kind = AttachmentKind::Audio;
    broken.state = AttachmentState::Problem;
    broken.problem = QStringLiteral("This file has no sound track");
    stage.window.setAttachments(
        {pictureView(QStringLiteral("p")), recordingView(QStringLiteral("q")), reading, broken});
    stage.window.setDraftText(QStringLiteral(
        "Compare the chart with what is said in the recording,\nand list where they differ."));
    stage.window.setContext({.conversation = 2900, .draft = 4900, .reply = 1024, .capacity = 8192});
}

void showCapture(Stage& stage) {
    stage.window.setInputDevices({{QString(), QStringLiteral("System default"), true}});
    stage.window.setCapture(
        {.phase = CapturePhase::Starting, .deviceName = QStringLiteral("Headset (USB)")});
    stage.window.setCapture(
        {.phase = CapturePhase::Listening, .deviceName = QStringLiteral("Headset (USB)")});
    stage.window.setLevel({.peak = 0.55F, .rms = 0.16F, .elapsedMs = 7340});
}

void showErrors(Stage& stage) {
    stage.window.setEngine([] {
        DeviceChipState state;
        state.state = EngineState::Failed;
        return state;
    }());
    conversation::Conversation fresh =
        conversation::Conversation::create(QDateTime::currentDateTime());
    stage.messages.setConversation(fresh);
    stage.messages.append(question(QStringLiteral("What is in this recording?")));
    conversation::Turn failed = answer(QStringLiteral("The recording begins with"));
    failed.state = MessageState::Failed;
    failed.stats.clear();
    failed.note =
        QStringLiteral("The graphics driver restarted. What was written is kept; try again.");
    stage.messages.append(failed);
    stage.messages.append(question(QStringLiteral("Go on.")));
    conversation::Turn stopped =
        answer(QStringLiteral("It goes on with a question about the budget, and then"));
    stopped.state = MessageState::Stopped;
    stage.messages.append(stopped);
    stage.window.showNotice({.key = QStringLiteral("file"),
                             .severity = Severity::Error,
                             .title = QStringLiteral("“notes.docx” cannot be used."),
                             .text = QStringLiteral("Pictures and recordings can."),
                             .detail = {},
                             .actions = {}});
    stage.window.showNotice(
        {.key = QStringLiteral("device"),
         .severity = Severity::Warning,
         .title = QStringLiteral("Only a software renderer was found."),
         .text = QStringLiteral("Expect less than one word per second from a large model. It is "
                                "not used without your consent."),
         .detail = QStringLiteral("llvmpipe"),
         .actions = {NoticeAction::UseSoftwareDevice, NoticeAction::ChooseDevice}});
}

void showLoading(Stage& stage) {
    DeviceChipState state = hardwareEngine();
    state.state = EngineState::Loading;
    state.tokensPerSecond = 0;
    stage.window.setEngine(state);
    stage.window.setJob(
        {.text = QStringLiteral("Loading the model · 3.1 of 11.2 GB"), .fraction = 0.28});
}

void showResting(Stage& stage) {
    showConversation(stage);
    DeviceChipState state = hardwareEngine();
    state.state = EngineState::Resting;
    state.tokensPerSecond = 0;
    stage.window.setEngine(state);
}

void drag(Stage& stage, const QStringList& names) {
    auto* data = new QMimeData; // lives as long as the program: the overlay keeps no pointer to it
    QList<QUrl> urls;
    for (const QString& name : names) {
        urls.append(QUrl::fromLocalFile(QStringLiteral("/data/") + name));
    }
    data->setUrls(urls);
    QDragEnterEvent enter(QPoint(100, 100), Qt::CopyAction, data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&stage.window, &enter);
}

constexpr const char* kMinutes =
    "# Weekly\n\n## Decisions\n\n- The launch moves to the second week of March, because the "
    "server "
    "room is not ready. [0:04](#t=4) [0:08](#t=8) Everybody liked the cake. (no source found)\n"
    "- **Anna** sends the revised budget by Friday. [0:12](#t=12)\n\n## Questions\n\n"
    "- Who pays for the cooling unit? [0:16](#t=16) The supplier does. (no source found)\n\n";

/// The summary of a meeting in the state that `how` brings about.
std::function<void(Stage&)> summaryIn(const SummaryView& summary,
                                      const std::function<void(MeetingPage&)>& how) {
    return [summary, how](Stage& stage) {
        MeetingPage& page = stage.window.meetingPage();
        stage.lines.reset(talk(30));
        page.setTranscript(&stage.lines);
        MeetingView meeting = meetingOf(30);
        meeting.summaries = {summary};
        if (summary.markdown.isEmpty()) {
            meeting.summaries.clear();
        }
        page.setMeeting(meeting);
        page.setPeaks(speechPeaks(meeting.seconds));
        stage.window.setCurrentMeeting(meeting.id, meeting.title);
        stage.window.showPage(MainWindow::Page::Meeting);
        page.showTab(MeetingPage::Tab::Summary);
        how(page);
    };
}

QList<Shot> summaryShots() {
    const auto as = [](const char* markdown) {
        return summaryOf(markdown, QStringLiteral("Weekly"));
    };
    SummaryView changed = as(kMinutes);
    changed.edited = true;
    changed.markdown.replace(QStringLiteral("by Friday. [0:12](#t=12)"),
                             QStringLiteral("by Monday. [0:12](#t=12) *(changed by you)*"));
    const SummaryView longOne = as((std::string(kMinutes) + std::string(kMinutes).substr(10) +
                                    std::string(kMinutes).substr(10))
                                       .c_str());
    const auto nothing = [](MeetingPage&) {};
    const auto busy = [](MeetingPage& page) {
        page.setSummaryStatus(QStringLiteral("40 % · part 3 of 9"));
    };
    const auto failed = [](MeetingPage& page) {
        page.setSummaryProblem(QStringLiteral("The model gave nothing usable for this part; what "
                                              "was there is kept. Try again, or edit it."));
    };
    const auto edit = [](MeetingPage& page) { page.findChild<SummaryPanel*>()->edit(); };
    const QList<std::pair<QByteArray, std::function<void(Stage&)>>> states{
        {"made", summaryIn(as(kMinutes), nothing)},  {"empty", summaryIn({}, nothing)},
        {"empty-busy", summaryIn({}, busy)},         {"busy", summaryIn(as(kMinutes), busy)},
        {"failed", summaryIn(as(kMinutes), failed)}, {"changed", summaryIn(changed, nothing)},
        {"editing", summaryIn(as(kMinutes), edit)},  {"long", summaryIn(longOne, nothing)}};
    QList<Shot> all;
    for (const auto& [state, prepare] : states) {
        for (const QSize& size : {QSize(1280, 800), QSize(800, 600)}) {
            for (const ThemeChoice choice : {ThemeChoice::Light, ThemeChoice::Dark}) {
                all.append({"summary-" + state + '-' + QByteArray::number(size.width()) +
                                (choice == ThemeChoice::Light ? "-light" : "-dark"),
                            size, choice, prepare});
            }
        }
    }
    return all;
}

QList<Shot> shots() {
    const auto home = [](Stage&) {};
    const auto demo = [](Stage& stage) { stage.window.setEngine(demoEngine()); };
    const auto settings = [](Stage& stage) {
        stage.window.settingsPage().setView(settingsRows());
        stage.window.showPage(MainWindow::Page::Settings);
    };
    const auto scrolledTo = [settings](Stage& stage, const char* group) {
        settings(stage);
        QCoreApplication::processEvents();
        for (QPushButton* jump : stage.window.settingsPage().findChildren<QPushButton*>()) {
            if (jump->text() == QString::fromLatin1(group)) {
                jump->click();
            }
        }
    };
    const auto settingsEnd = [scrolledTo](Stage& stage) { scrolledTo(stage, "Model and device"); };
    const auto settingsAbout = [scrolledTo](Stage& stage) { scrolledTo(stage, "About"); };
    const auto searched = [settings](const QString& words) {
        return [settings, words](Stage& stage) {
            settings(stage);
            stage.window.settingsPage().findChild<QLineEdit*>()->setText(words);
        };
    };
    const auto models = [](const ModelsView& view, const QString& id, const ModelWorkView& work) {
        return [view, id, work](Stage& stage) {
            ModelsPage& page = stage.window.modelsPage();
            stage.window.showPage(MainWindow::Page::Models);
            page.setModels(view);
            page.select(id);
            page.setTarget(
                {.folder = view.targets + QStringLiteral("/Phi-4-multimodal-instruct-default"),
                 .freeBytes = 92'000'000'000,
                 .problem = {}});
            page.setWork(work);
        };
    };
    using Work = ModelWorkView::State;
    const ModelsView many = manyModels();
    const auto noModels = models(onlyBuiltIn(), {}, {});
    const auto checkpoint = models(many, checkpointModel().id, {});
    const auto making = models(many, unfinishedModel().id, quantizing(Work::Running));
    const auto failed = models(many, missingModel().id, quantizing(Work::Failed));
    const auto package = models(many, packageModel().id, verifying(Work::Done));
    const auto keys = [](Stage& stage) { stage.window.showPage(MainWindow::Page::Shortcuts); };
    const auto dropGood = [](Stage& stage) {
        drag(stage, {QStringLiteral("chart.png"), QStringLiteral("meeting.flac"),
                     QStringLiteral("notes.docx")});
    };
    const auto dropBad = [](Stage& stage) { drag(stage, {QStringLiteral("notes.docx")}); };
    const auto quiet = [](Stage& stage) {
        showCapture(stage);
        stage.window.setCapture({.phase = CapturePhase::Listening,
                                 .trouble = CaptureTrouble::OnlySilence,
                                 .deviceName = QStringLiteral("Headset (USB)")});
        stage.window.setLevel({.veryQuiet = true, .elapsedMs = 9000});
        stage.window.showNotice(
            {.key = QStringLiteral("capture"),
             .severity = Severity::Warning,
             .title = QStringLiteral("The microphone sends only silence."),
             .text = QStringLiteral("It may be muted, or another one may be meant."),
             .detail = {},
             .actions = {NoticeAction::ChooseMicrophone, NoticeAction::StopCapture}});
    };
    const auto recording = [](Stage& stage) {
        stage.window.setRecording({.phase = RecordingPhase::Recording, .detail = {}});
        stage.window.recordingBar().setLevel(
            {.peak = 0.5F, .rms = 0.16F, .clipped = false, .seconds = 3, .diskSecondsLeft = 1e5});
        stage.window.showNotice(
            {.key = QStringLiteral("consent"),
             .title = QStringLiteral("Tell everyone that this is being recorded."),
             .text = QStringLiteral(
                 "In many places the law asks for their consent. The recording is already running. "
                 "OK ends this reminder for good; the settings bring it back."),
             .detail = {},
             .actions = {NoticeAction::Acknowledge},
             .dismissable = false});
    };
    const auto longOne = [](Stage& stage) {
        conversation::Conversation fresh =
            conversation::Conversation::create(QDateTime::currentDateTime());
        stage.messages.setConversation(fresh);
        stage.messages.append(question(QStringLiteral("Write something long.")));
        stage.messages.append(answer(longAnswer(1000, 7)));
    };
    const auto rightToLeft = [](Stage& stage) {
        QApplication::setLayoutDirection(Qt::RightToLeft);
        showConversation(stage);
        stage.messages.append(question(QStringLiteral("ما هي عاصمة فرنسا؟")));
        stage.messages.append(answer(QStringLiteral(
            "عاصمة فرنسا هي **باريس**.\n\n- نهر السين\n- برج إيفل\n\n```sh\necho paris\n```")));
    };
    const auto zoomed = [](Stage& stage) {
        stage.theme.setZoomPercent(150);
        showTop(stage);
    };
    const QSize wide(1280, 820);
    const QSize narrow(600, 800);
    const QSize laptop(1280, 800);
    const QSize tall(1000, 1240);
    const QSize small(800, 600);
    const QList<Shot> others{
        {"home-light", wide, ThemeChoice::Light, home},
        {"home-dark", wide, ThemeChoice::Dark, home},
        {"home-demo-light", wide, ThemeChoice::Light, demo},
        {"home-demo-narrow", QSize(560, 800), ThemeChoice::Light, demo},
        {"chat-top-light", wide, ThemeChoice::Light, showTop},
        {"chat-top-dark", wide, ThemeChoice::Dark, showTop},
        {"chat-end-light", wide, ThemeChoice::Light, showConversation},
        {"chat-end-dark", wide, ThemeChoice::Dark, showConversation},
        {"chat-narrow-light", narrow, ThemeChoice::Light, showTop},
        {"busy-light", wide, ThemeChoice::Light, showBusy},
        {"busy-dark", wide, ThemeChoice::Dark, showBusy},
        {"draft-light", wide, ThemeChoice::Light, showDraft},
        {"draft-narrow-dark", narrow, ThemeChoice::Dark, showDraft},
        {"capture-light", wide, ThemeChoice::Light, showCapture},
        {"capture-silent-dark", wide, ThemeChoice::Dark, quiet},
        {"consent-light", laptop, ThemeChoice::Light, recording},
        {"consent-dark", laptop, ThemeChoice::Dark, recording},
        {"consent-small-light", small, ThemeChoice::Light, recording},
        {"consent-small-dark", small, ThemeChoice::Dark, recording},
        {"errors-light", wide, ThemeChoice::Light, showErrors},
        {"errors-dark", wide, ThemeChoice::Dark, showErrors},
        {"loading-light", wide, ThemeChoice::Light, showLoading},
        {"resting-light", wide, ThemeChoice::Light, showResting},
        {"resting-small-dark", small, ThemeChoice::Dark, showResting},
        {"drop-light", wide, ThemeChoice::Light, dropGood},
        {"drop-refused-dark", wide, ThemeChoice::Dark, dropBad},
        {"settings-light", QSize(1280, 800), ThemeChoice::Light, settings},
        {"settings-dark", QSize(1280, 800), ThemeChoice::Dark, settings},
        {"settings-small-light", QSize(800, 600), ThemeChoice::Light, settings},
        {"settings-small-dark", QSize(800, 600), ThemeChoice::Dark, settingsEnd},
        {"settings-model-light", QSize(1280, 800), ThemeChoice::Light, settingsEnd},
        {"settings-about-dark", QSize(1280, 800), ThemeChoice::Dark, settingsAbout},
        {"settings-narrow-light", narrow, ThemeChoice::Light, settingsEnd},
        {"settings-search-light", QSize(1280, 800), ThemeChoice::Light,
         searched(QStringLiteral("language"))},
        {"settings-nothing-dark", QSize(800, 600), ThemeChoice::Dark,
         searched(QStringLiteral("elephant"))},
        {"models-empty-light", wide, ThemeChoice::Light, noModels},
        {"models-empty-narrow-dark", narrow, ThemeChoice::Dark, noModels},
        {"models-checkpoint-light", laptop, ThemeChoice::Light, checkpoint},
        {"models-checkpoint-dark", laptop, ThemeChoice::Dark, checkpoint},
        {"models-checkpoint-small-light", small, ThemeChoice::Light, checkpoint},
        {"models-plan-light", tall, ThemeChoice::Light, checkpoint},
        {"models-package-light", laptop, ThemeChoice::Light, package},
        {"models-busy-light", laptop, ThemeChoice::Light, making},
        {"models-busy-small-dark", small, ThemeChoice::Dark, making},
        {"models-failed-light", laptop, ThemeChoice::Light, failed},
        {"models-failed-small-dark", small, ThemeChoice::Dark, failed},
        {"keys-dark", wide, ThemeChoice::Dark, keys},
        {"long-light", wide, ThemeChoice::Light, longOne},
        {"zoom-150", wide, ThemeChoice::Light, zoomed},
        {"right-to-left", wide, ThemeChoice::Light, rightToLeft}};
    return others + summaryShots();
}

void take(Theme& theme, const Shot& shot, const QString& folder) {
    QApplication::setLayoutDirection(Qt::LeftToRight);
    theme.setZoomPercent(100);
    theme.setChoice(shot.choice);
    conversation::ConversationModel messages;
    conversation::ConversationList list;
    list.setAll(summaries());
    MainWindow window(theme);
    window.setConversations(&list);
    window.setMessages(&messages);
    window.setSamples(samples());
    window.setEngine(hardwareEngine());
    window.setCurrentConversation(QString(), QString());
    window.resize(shot.size);
    window.show();
    app::TranscriptModel lines;
    Stage stage{theme, window, messages, list, lines};
    QCoreApplication::processEvents();
    shot.prepare(stage);
    for (int i = 0; i < 8; ++i) {
        window.conversation().flush();
        QCoreApplication::processEvents();
    }
    window.grab().save(folder + u'/' + QString::fromLatin1(shot.name) + QStringLiteral(".png"));
}

} // namespace
} // namespace phial::ui::test

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QApplication app(argc, argv);
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
    const QStringList words = QApplication::arguments().mid(1);
    if (words.isEmpty()) {
        QTextStream(stderr) << "usage: ui_shots FOLDER [NAME...]\n";
        return 2;
    }
    QDir().mkpath(words.first());
    phial::ui::initResources();
    phial::ui::Theme theme;
    for (const auto& shot : phial::ui::test::shots()) {
        if (words.size() == 1 || words.contains(QString::fromLatin1(shot.name))) {
            phial::ui::test::take(theme, shot, words.first());
        }
    }
    return 0;
}
