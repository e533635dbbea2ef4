// SPDX-License-Identifier: MIT
// Creation and the window's wishes; engine, microphone and samples are in application_services.cpp,
// the settings in application_settings.cpp.
#include "app/composition/application.h"

#include "app/audio/portaudio_output.h"
#include "app/composition/views.h"
#include "inference/base/error.h"

#include <QDesktopServices>
#include <QUrl>

#include <algorithm>

namespace phial::app {
namespace {

constexpr int kCountDelayMs = 200; // typing is counted when it pauses

/// An unreadable file must not keep the window away; `problem` says why it was not read.
settings::Settings loadSettings(settings::SettingsFile& file, StartMode mode,
                                std::string& problem) {
    try {
        return mode == StartMode::Safe ? settings::Settings() : file.load();
    } catch (const Error& error) {
        problem = error.what();
        return {};
    }
}

} // namespace

Application::Application(WindowServices services, QObject* parent)
    : QObject(parent)
    , m_services(std::move(services))
    , m_settingsFile(m_services.settingsFile)
    , m_settings(loadSettings(m_settingsFile, m_services.mode, m_settingsProblem))
    , m_engine(m_services.loadEngine)
    , m_idle(m_engine, m_services.idleMinute)
    , m_capture(m_services.makeAudioBackend)
    , m_store(QString::fromStdString((m_services.dataDirectory / "chats").string()))
    , m_media([this](const Medium& medium, std::function<void(int)> answer) {
        m_engine.count(
            [medium](const Engine& engine) {
                if (medium.image) {
                    return engine.imageTokens(medium.image->width, medium.image->height);
                }
                const AudioClip& clip = *medium.clip;
                return engine.audioTokens(static_cast<double>(clip.samples.size()) / clip.channels /
                                          clip.sampleRateHz);
            },
            std::move(answer));
    })
    , m_chat({.engine = m_engine,
              .media = m_media,
              .messages = m_messages,
              .list = m_list,
              .store = m_store})
    , m_window(m_theme)
    , m_meetings(
          {.engine = m_engine,
           .window = m_window,
           .makeBackend = m_services.makeAudioBackend,
           .makeOutput = m_services.makeAudioOutput
                             ? m_services.makeAudioOutput
                             : audio::Player::MakeOutput(&audio::makePortAudioOutput),
           .dataDirectory = m_services.dataDirectory,
           .cacheDirectory = m_services.cacheDirectory,
           .microphone = [this] { return QString::fromStdString(m_settings.microphone); },
           .modelComes =
               [this] { return m_idle.resting() || m_chip.state == ui::EngineState::Loading; },
           .freeBytes = m_services.freeBytes})
    , m_preferences(m_window, m_settings,
                    {.dataDirectory = m_services.dataDirectory,
                     .cacheDirectory = m_services.cacheDirectory,
                     .settingsFile = m_settingsFile.path(),
                     .kept = m_services.mode == StartMode::Normal})
    , m_models({.window = m_window,
                .settings = m_settings,
                .jobs = m_services.modelJobs,
                .builtIn = m_services.resources.empty()
                               ? std::filesystem::path()
                               : m_services.resources / "models" / "embedded",
                .targets = m_services.dataDirectory / "models",
                .freeDeviceMemory = m_services.freeDeviceMemory})
    , m_notes(m_services.notificationBus) {
    applySettings();
    m_library.addSourceModel(&m_list);
    m_library.addSourceModel(&m_meetings.list());
    m_window.setConversations(&m_library);
    m_window.setMessages(&m_messages);
    m_window.setAction(ui::Action::Ask, QString::fromStdString(m_settings.translateTo));
    m_countTimer.setSingleShot(true);
    m_countTimer.setInterval(kCountDelayMs);
    connect(&m_countTimer, &QTimer::timeout, this, &Application::countDraft);
    connectWindow();
    connectEngine();
    connectIdleModel();
    connectCapture();
    connectChat();
    connectSettings();
    connectNotes();
    loadSamples();
    m_chip.state =
        m_services.mode == StartMode::Safe ? ui::EngineState::NoModel : ui::EngineState::Loading;
    refreshEngine();
}

Application::~Application() {
    m_engine.stopAll();
    m_store.waitForWrites();
}

void Application::show() {
    m_window.show();
    // Behind the first paint: nothing here may delay the window.
    QTimer::singleShot(0, this, &Application::start);
}

void Application::start() {
    m_theme.followSystem();
    m_store.list();
    m_meetings.start();
    m_models.start();
    m_capture.refreshDevices();
    tellAboutSettings();
    if (m_services.mode == StartMode::Safe) {
        return; // the graphics driver may be what makes trouble
    }
    listDevices();
    loadModel();
}

void Application::openFiles(const QStringList& paths) {
    for (const QString& path : paths) {
        m_media.add({.path = path, .bytes = {}, .name = {}});
    }
}

void Application::connectWindow() {
    using ui::MainWindow;
    connect(&m_window, &MainWindow::submitted, &m_chat, [this](const ui::Submission& submission) {
        if (submission.action == ui::Action::Translate) {
            m_settings.translateTo = submission.language.toStdString();
            saveSettings();
        }
        m_chat.submit(submission);
    });
    connect(&m_window, &MainWindow::stopRequested, &m_chat, &ChatSession::stop);
    connect(&m_window, &MainWindow::jobCancelled, this, [this] {
        m_loadStopped = m_chip.state == ui::EngineState::Loading;
        m_loadStopped ? m_engine.stopAll() : m_chat.stop();
    });
    connect(&m_window, &MainWindow::draftChanged, this, [this] {
        if (!m_window.draft().text.isEmpty()) {
            m_idle.use(); // it is there by the time the question is written
        }
        m_countTimer.start();
        updateAction();
    });
    connect(&m_window, &MainWindow::actionChosen, this,
            [this](ui::Action action) { m_chosenAction = action; });
    connect(&m_window, &MainWindow::sourcesOffered, this,
            [this](const QList<ui::AttachmentSource>& sources) {
                m_idle.use();
                for (const ui::AttachmentSource& source : sources) {
                    m_media.add(source);
                }
            });
    connect(&m_window, &MainWindow::attachmentRemoved, &m_media, &MediaLibrary::removeFromDraft);
    connect(&m_window, &MainWindow::attachmentActivated, this, [](const ui::AttachmentView& view) {
        if (!view.path.isEmpty()) {
            QDesktopServices::openUrl(QUrl::fromLocalFile(view.path));
        }
    });
    connect(&m_window, &MainWindow::captureStartRequested, this, &Application::startCapture);
    connect(&m_window, &MainWindow::captureEndRequested, this, &Application::endCapture);
    connect(&m_window, &MainWindow::messageCommand, this,
            [this](ui::MessageCommand command, const QString& id) {
                switch (command) {
                case ui::MessageCommand::Regenerate:
                    m_chat.regenerate(id);
                    break;
                case ui::MessageCommand::Edit:
                    m_chat.edit(id);
                    break;
                case ui::MessageCommand::PreviousVariant:
                    m_chat.showVariant(id, -1);
                    break;
                case ui::MessageCommand::NextVariant:
                    m_chat.showVariant(id, 1);
                    break;
                }
            });
    connect(&m_window, &MainWindow::newConversationRequested, &m_chat, &ChatSession::startNew);
    connect(&m_window, &MainWindow::conversationOpened, &m_chat, &ChatSession::open);
    connect(&m_window, &MainWindow::conversationRenamed, &m_chat, &ChatSession::rename);
    connect(&m_window, &MainWindow::conversationDeleted, &m_chat, &ChatSession::remove);
    connect(&m_window, &MainWindow::sampleRequested, this, &Application::runSample);
    connect(&m_window, &MainWindow::noticeAction, this, &Application::onNotice);
    connect(&m_window, &MainWindow::deviceChosen, this, &Application::chooseDevice);
    connect(&m_window, &MainWindow::recheckRequested, this, &Application::listDevices);
    connect(&m_models, &ModelSession::loadRequested, this, &Application::chooseModel);
    connect(&m_models, &ModelSession::settingsChanged, this, &Application::saveSettings);
}

void Application::connectChat() {
    connect(&m_chat, &ChatSession::draftAccepted, &m_window, &ui::MainWindow::clearDraft);
    connect(&m_chat, &ChatSession::modelMissing, this, &Application::tellModelMissing);
    connect(&m_chat, &ChatSession::editBegun, this, [this](const conversation::Turn& question) {
        m_window.beginEdit(question.id, question.text);
        m_window.setAction(question.action, question.language);
    });
    connect(&m_chat, &ChatSession::answeringChanged, this, [this](bool answering) {
        if (answering) {
            m_meetings.yield();
        }
        m_window.setAnswering(answering ? ui::Composer::Answering::Yes
                                        : ui::Composer::Answering::No);
        if (m_chip.state == ui::EngineState::Ready || m_chip.state == ui::EngineState::Busy) {
            m_chip.state = answering ? ui::EngineState::Busy : ui::EngineState::Ready;
            refreshEngine();
        }
    });
    connect(&m_chat, &ChatSession::jobChanged, this, [this](const ui::JobView& job) {
        m_answerJob = job;
        if (m_chip.state != ui::EngineState::Loading) {
            m_window.setJob(job);
        }
    });
    connect(&m_chat, &ChatSession::noticeRaised, &m_window, &ui::MainWindow::showNotice);
    connect(&m_chat, &ChatSession::noticeSettled, &m_window, &ui::MainWindow::clearNotice);
    connect(&m_chat, &ChatSession::currentChanged, &m_window,
            &ui::MainWindow::setCurrentConversation);
    connect(&m_chat, &ChatSession::speedMeasured, this, [this](double speed) {
        m_chip.tokensPerSecond = speed;
        refreshEngine();
    });
    connect(&m_chat, &ChatSession::contextChanged, this, &Application::refreshContext);
    connect(&m_media, &MediaLibrary::draftChanged, this, [this] {
        m_window.setAttachments(m_media.draft());
        updateAction();
        refreshContext();
    });
    connect(&m_store, &conversation::ConversationStore::listed, &m_list,
            &conversation::ConversationList::setAll);
    connect(&m_store, &conversation::ConversationStore::renamed, &m_list,
            &conversation::ConversationList::update);
    connect(&m_store, &conversation::ConversationStore::failed, this,
            [this](const QString& sentence) {
                ui::NoticeView notice;
                notice.key = QStringLiteral("store");
                notice.severity = ui::Severity::Error;
                notice.title = tr("A conversation could not be read or written.");
                notice.text = sentence;
                m_window.showNotice(notice);
            });
}

void Application::countDraft() {
    const QString text = m_window.draft().text;
    if (text.isEmpty()) {
        m_context.draft = 0;
        m_countedText.clear();
        refreshContext();
        return;
    }
    m_engine.count(
        [utf8 = text.toStdString()](const Engine& engine) { return engine.textTokens(utf8); },
        [this, text](int tokens) {
            if (m_window.draft().text == text) {
                m_context.draft = tokens;
                refreshContext();
            }
        });
}

void Application::updateAction() {
    const QList<ui::AttachmentView> attached = m_media.draft();
    const auto has = [&attached](ui::AttachmentKind kind) {
        return std::any_of(
            attached.begin(), attached.end(), [kind](const ui::AttachmentView& view) {
                return view.kind == kind && view.state != ui::AttachmentState::Problem;
            });
    };
    const DraftContents contents{.sound = has(ui::AttachmentKind::Audio) ||
                                          m_capture.state() != audio::CaptureState::Idle,
                                 .picture = has(ui::AttachmentKind::Image),
                                 .text = !m_window.draft().text.isEmpty()};
    if (contents != m_draftContents) { // only then: what is clicked meanwhile stays
        m_draftContents = contents;
        const BareSpeech speech = embedded() ? BareSpeech::Dictation : BareSpeech::Question;
        m_window.setAction(actionFor(contents, speech, m_chosenAction), {});
    }
}

void Application::refreshContext() {
    ui::ContextView context = m_context;
    context.capacity = m_chip.contextSize;
    context.conversation = m_chat.contextTokens();
    context.reply = std::min(m_settings.answerTokens, m_chip.contextSize / 4);
    const QList<ui::AttachmentView> draft = m_media.draft();
    for (const ui::AttachmentView& view : draft) {
        context.draft += std::max(0, view.tokens);
    }
    m_window.setContext(context);
    m_chip.contextUsed = context.conversation;
    refreshEngine();
}

void Application::refreshEngine() {
    m_window.setEngine(m_chip);
    m_preferences.setEngine(m_chip);
}

void Application::onNotice(const QString& key, ui::NoticeAction action) {
    if (m_meetings.onNotice(key, action)) {
        return;
    }
    m_window.clearNotice(key);
    switch (action) {
    case ui::NoticeAction::AddModel:
    case ui::NoticeAction::ShowModels:
        m_window.showPage(ui::MainWindow::Page::Models);
        break;
    case ui::NoticeAction::RetryLoad:
        loadModel();
        break;
    case ui::NoticeAction::UseSoftwareDevice:
        m_settings.software = gpu::SoftwareDevices::Allow;
        saveSettings();
        loadModel();
        break;
    case ui::NoticeAction::ChooseDevice:
        m_window.openDevicePicker();
        break;
    case ui::NoticeAction::RecheckDevices:
        listDevices();
        loadModel();
        break;
    case ui::NoticeAction::ChooseMicrophone:
        m_capture.refreshDevices();
        m_window.openInputPicker();
        break;
    case ui::NoticeAction::RetryCapture:
        m_capture.refreshDevices();
        startCapture();
        break;
    case ui::NoticeAction::StopCapture:
        endCapture(ui::CaptureEnd::Attach, m_window.draft());
        break;
    case ui::NoticeAction::NewConversation:
        m_chat.startNew();
        break;
    case ui::NoticeAction::DropOldest:
        m_chat.answerWithoutOldest();
        break;
    case ui::NoticeAction::RemoveAttachments: {
        const QList<ui::AttachmentView> draft = m_media.draft();
        for (const ui::AttachmentView& view : draft) {
            m_media.removeFromDraft(view.id);
        }
        break;
    }
    case ui::NoticeAction::RetryAnswer:
        if (const int rows = m_messages.rowCount(); rows > 0) {
            m_chat.regenerate(m_messages.index(rows - 1).data(ui::IdRole).toString());
        }
        break;
    case ui::NoticeAction::Undo:
        m_chat.undoRemove();
        break;
    case ui::NoticeAction::OpenMeeting: // of the meetings, above
    case ui::NoticeAction::TranscribeMeeting:
    case ui::NoticeAction::ShowQueue:
    case ui::NoticeAction::Acknowledge:
    case ui::NoticeAction::Continue:
    case ui::NoticeAction::ChooseLanguage:
        break;
    }
}

} // namespace phial::app
