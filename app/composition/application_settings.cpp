// SPDX-License-Identifier: MIT
// What each setting changes in the running program.
#include "app/audio/system_audio.h"
#include "app/composition/application.h"
#include "app/composition/views.h"
#include "inference/base/error.h"
#include "ui/contracts/languages.h"
#include "ui/meeting/meeting_page.h"
#include "ui/pages/settings_page.h"

#include <QGuiApplication>
#include <QWindow>

namespace phial::app {
namespace {

ui::ThemeChoice choiceOf(settings::Theme theme) {
    switch (theme) {
    case settings::Theme::Light:
        return ui::ThemeChoice::Light;
    case settings::Theme::Dark:
        return ui::ThemeChoice::Dark;
    case settings::Theme::System:
        break;
    }
    return ui::ThemeChoice::System;
}

settings::Theme themeOf(ui::ThemeChoice choice) {
    switch (choice) {
    case ui::ThemeChoice::Light:
        return settings::Theme::Light;
    case ui::ThemeChoice::Dark:
        return settings::Theme::Dark;
    case ui::ThemeChoice::System:
        break;
    }
    return settings::Theme::System;
}

QString englishName(const std::string& code) {
    return ui::englishLanguageName(QString::fromStdString(code));
}

} // namespace

void Application::connectSettings() {
    connect(&m_preferences, &SettingsSession::changed, this,
            [this](const settings::Settings& before) {
                applySettings();
                applyChanges(before);
                saveSettings();
            });
    connect(&m_window.settingsPage(), &ui::SettingsPage::opened, &m_capture,
            &audio::CaptureController::refreshDevices);
    connect(&m_window, &ui::MainWindow::systemAudioChosen, this, [this](bool recorded) {
        m_settings.systemAudio = recorded;
        applySettings();
        saveSettings();
    });
    connect(&m_meetings, &MeetingSession::consentReminderRead, this, [this] {
        m_settings.consentReminder = false;
        applySettings();
        saveSettings();
    });
    connect(&m_window, &ui::MainWindow::themeChosen, this, [this](ui::ThemeChoice choice) {
        m_settings.theme = themeOf(choice);
        saveSettings();
    });
    connect(&m_window, &ui::MainWindow::zoomChosen, this, [this](int percent) {
        m_settings.fontPercent = percent;
        saveSettings();
    });
    connect(&m_window, &ui::MainWindow::inputDeviceChosen, this, [this](const QString& id) {
        const settings::Settings before = m_settings;
        m_settings.microphone = id.toStdString();
        applyChanges(before);
        saveSettings();
    });
}

/// What costs nothing to say again.
void Application::applySettings() {
    m_theme.setChoice(choiceOf(m_settings.theme));
    m_theme.setZoomPercent(m_settings.fontPercent);
    m_idle.setMinutes(m_settings.unloadMinutes);
    m_window.setSendKey(m_settings.sendKey == settings::SendKey::Enter ? ui::SendKey::Enter
                                                                       : ui::SendKey::CtrlEnter);
    m_window.meetingPage().setDefaults(
        {.spoken = englishName(m_settings.spokenLanguage),
         .translateTo = englishName(m_settings.translateTo),
         .summary = QString::fromStdString(m_settings.summarizeWith),
         .summaryLanguage = englishName(m_settings.summaryLanguage)});
    m_chat.setAnswerOptions({.instructions = m_settings.instructions,
                             .maxTokens = m_settings.answerTokens,
                             .temperature = static_cast<float>(m_settings.temperature)});
    const auto systemAudio = audio::systemAudioDevice(m_capture.inputs());
    m_window.setRecordingSources(
        {.microphones =
             inputViews(m_capture.devices(), QString::fromStdString(m_settings.microphone)),
         .systemAudio = m_settings.systemAudio,
         .noSystemAudio = systemAudio ? QString() : tr(audio::kNoSystemAudio)});
    m_meetings.setOptions({.spoken = englishName(m_settings.spokenLanguage),
                           .systemAudio = m_settings.systemAudio,
                           .systemAudioDevice = QString::fromStdString(systemAudio.value_or("")),
                           .transcribe = m_settings.transcribeRecordings,
                           .summarizeWith = QString::fromStdString(m_settings.summarizeWith),
                           .summaryLanguage = englishName(m_settings.summaryLanguage),
                           .quietMinutes = m_settings.quietMinutes,
                           .consentReminder = m_settings.consentReminder,
                           .keepImportedSound = m_settings.keepImportedSound,
                           .trashDays = m_settings.trashDays});
}

void Application::connectNotes() {
    connect(&m_meetings, &MeetingSession::newsRaised, this, &Application::tellDesktop);
    connect(&m_models, &ModelSession::newsRaised, this, &Application::tellDesktop);
    connect(&m_notes, &DesktopNotes::activated, this, [this](const QString& key) {
        m_window.comeToFront();
        m_notes.withdrawAll();
        if (key.contains(u':')) { // it names its meeting
            m_meetings.onNotice(key, ui::NoticeAction::OpenMeeting);
        } else if (key.startsWith(QStringLiteral("model-"))) {
            m_window.showPage(ui::MainWindow::Page::Models);
        }
    });
    connect(qGuiApp, &QGuiApplication::focusWindowChanged, this, [this](const QWindow* window) {
        if (window != nullptr) {
            m_notes.withdrawAll(); // what they tell is on the screen
        }
    });
}

/// What the window tells too, for those who do not look at it.
void Application::tellDesktop(const ui::NoticeView& news) {
    const QWindow* front = QGuiApplication::focusWindow();
    const bool seen = front != nullptr && front->isVisible();
    if (m_settings.notifications && !seen) {
        m_notes.show(news.key, news.title, {});
    }
}

void Application::onInputs() {
    m_preferences.setInputs(m_capture.inputs());
    m_window.setInputDevices(
        inputViews(m_capture.devices(), QString::fromStdString(m_settings.microphone)));
    applySettings(); // whether there is system audio
}

/// What is only done when it must be.
void Application::applyChanges(const settings::Settings& before) {
    if (m_settings.microphone != before.microphone) {
        const QString id = QString::fromStdString(m_settings.microphone);
        m_meetings.switchMicrophone(id);
        onInputs();
        refreshCapture();
    }
    if (m_settings.translateTo != before.translateTo) {
        m_window.setAction(m_window.draft().action, QString::fromStdString(m_settings.translateTo));
    }
    if (m_settings.answerTokens != before.answerTokens) {
        refreshContext();
    }
    const bool engine =
        m_settings.device != before.device || m_settings.software != before.software ||
        m_settings.precision != before.precision || m_settings.kvCache != before.kvCache ||
        m_settings.contextTokens != before.contextTokens;
    if (engine) {
        loadModel();
    }
}

void Application::saveSettings() {
    m_preferences.refresh();
    if (m_services.mode == StartMode::Safe) {
        return;
    }
    try {
        m_settingsFile.save(m_settings);
    } catch (const Error& error) {
        ui::NoticeView notice;
        notice.key = QStringLiteral("settings");
        notice.severity = ui::Severity::Warning;
        notice.title = tr("The settings could not be saved.");
        notice.text = QString::fromUtf8(error.what());
        m_window.showNotice(notice);
    }
}

/// Values of the file that are not used are told, and so is why the program looks as at first.
void Application::tellAboutSettings() {
    ui::NoticeView notice;
    notice.severity = ui::Severity::Warning;
    if (m_services.mode == StartMode::Safe) {
        notice.key = QStringLiteral("safe-mode");
        notice.title = tr("Phial runs in safe mode.");
        notice.text = tr("Settings are the original ones and changes are forgotten at the end; no "
                         "model was loaded. Recordings, meetings and conversations are there.");
        notice.actions = {ui::NoticeAction::RetryLoad};
        m_window.showNotice(notice);
    } else if (!m_settingsFile.problems().empty() || !m_settingsProblem.empty()) {
        notice.key = QStringLiteral("settings");
        notice.title = m_settingsProblem.empty() ? tr("Some settings cannot be used.")
                                                 : tr("The settings could not be read.");
        QStringList sentences{QString::fromStdString(m_settingsProblem)};
        for (const std::string& problem : m_settingsFile.problems()) {
            sentences.append(QString::fromStdString(problem));
        }
        notice.text = sentences.join(u' ').trimmed();
        m_window.showNotice(notice);
    }
}

} // namespace phial::app
