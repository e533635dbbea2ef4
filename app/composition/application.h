// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/capture_controller.h"
#include "app/composition/action_rule.h"
#include "app/composition/chat_session.h"
#include "app/composition/desktop_notes.h"
#include "app/composition/idle_model.h"
#include "app/composition/media_library.h"
#include "app/composition/meeting_session.h"
#include "app/composition/model_session.h"
#include "app/composition/settings_session.h"
#include "app/conversation/conversation_list.h"
#include "app/conversation/conversation_model.h"
#include "app/conversation/conversation_store.h"
#include "app/engine/engine_controller.h"
#include "app/samples/samples.h"
#include "app/settings/settings.h"
#include "ui/main_window.h"
#include "ui/theme/theme.h"

#include <QConcatenateTablesProxyModel>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

namespace phial::app {

enum class StartMode {
    Normal,
    Safe, ///< original settings, which are not kept, and no model: something makes trouble
};

/// What the window needs from outside; tests put fakes here.
struct WindowServices {
    EngineFactory loadEngine;
    std::function<std::vector<gpu::DeviceInfo>()> listDevices; ///< called on a background thread
    audio::Capture::MakeBackend makeAudioBackend;
    audio::Player::MakeOutput makeAudioOutput; ///< unset: the system's loudspeakers
    std::filesystem::path resources;           ///< models/embedded and samples; empty = none
    std::filesystem::path cacheDirectory;      ///< for compiled pipelines
    std::filesystem::path dataDirectory;       ///< conversations
    std::filesystem::path settingsFile;
    StartMode mode = StartMode::Normal;
    ModelJobs modelJobs = {};
    /// See ModelServices; unset: not known.
    std::function<std::uint64_t(const std::string&)> freeDeviceMemory = {};
    std::chrono::milliseconds idleMinute = std::chrono::minutes(1); ///< shorter in tests
    DesktopNotes::Bus notificationBus = {};                         ///< unset: no notifications
    SoundKeeper::FreeBytes freeBytes = {}; ///< unset: what the file system says
};

/// The program with a window: creates the services and the window and connects them; the only place
/// that sees both. GUI thread.
class Application : public QObject {
    Q_OBJECT

public:
    explicit Application(WindowServices services, QObject* parent = nullptr);
    ~Application() override;

    void show();

    /// Files named on the command line become chips.
    void openFiles(const QStringList& paths);

    ui::MainWindow& window() { return m_window; }

private:
    void connectWindow();
    void connectEngine();
    void connectIdleModel();
    void connectNotes();
    void tellDesktop(const ui::NoticeView& news);
    void connectCapture();
    void connectChat();
    void start(); ///< after the first paint
    void loadModel();
    void tellModelMissing();
    void listDevices();
    void onReady(const EngineInfo& info);
    void onLoadFailed(ErrorCode code, const QString& sentence);
    void onNotice(const QString& key, ui::NoticeAction action);
    void chooseDevice(const QString& uuid);
    void chooseModel(const std::filesystem::path& folder); ///< empty = the shipped one
    void goBackToModelBefore(const ui::NoticeView& why);
    void startCapture();
    void endCapture(ui::CaptureEnd end, const ui::Submission& draft);
    void onRecording(const audio::Recording& recording);
    void refreshCapture();
    void loadSamples();
    void runSample(const QString& id);
    void updateAction();
    void countDraft();
    void refreshContext();
    void refreshEngine();
    void connectSettings();
    void applySettings();
    void onInputs();
    void applyChanges(const settings::Settings& before);
    void saveSettings();
    void tellAboutSettings();
    bool embedded() const;

    WindowServices m_services;
    settings::SettingsFile m_settingsFile;
    std::string m_settingsProblem; ///< why the file could not be read; empty = it could
    settings::Settings m_settings;
    ui::Theme m_theme;
    EngineController m_engine;
    IdleModel m_idle;
    audio::CaptureController m_capture;
    conversation::ConversationStore m_store;
    conversation::ConversationModel m_messages;
    conversation::ConversationList m_list;
    MediaLibrary m_media;
    ChatSession m_chat;

    struct LoadFailure {
        ErrorCode code;
        QString sentence;
    };

    std::vector<gpu::DeviceInfo> m_devices;
    std::optional<LoadFailure> m_loadFailure; ///< what the notice on the screen is about
    /// What was in use when another model was chosen, until that one is ready.
    std::optional<std::filesystem::path> m_modelBefore;
    bool m_loadStopped = false; ///< by the user
    ui::DeviceChipState m_chip;
    ui::JobView m_answerJob;
    ui::ContextView m_context;
    std::vector<samples::Sample> m_samples;
    audio::SignalHealth m_health = audio::SignalHealth::Good;
    ui::CaptureEnd m_captureEnd = ui::CaptureEnd::Attach;
    ui::Submission m_captureDraft;
    DraftContents m_draftContents;            ///< what the action on the screen was offered for
    std::optional<ui::Action> m_chosenAction; ///< by the user
    QTimer m_countTimer;
    QString m_countedText;
    ui::MainWindow m_window;
    MeetingSession m_meetings;
    SettingsSession m_preferences;
    ModelSession m_models;
    DesktopNotes m_notes;
    QConcatenateTablesProxyModel m_library; ///< chats and meetings
    std::jthread m_deviceLister;            ///< last member: joined before anything it uses dies
};

} // namespace phial::app
