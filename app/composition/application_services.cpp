// SPDX-License-Identifier: MIT
// Engine, devices, microphone and samples of the program with a window.
#include "app/composition/application.h"
#include "app/composition/sample_views.h"
#include "app/composition/trim_silence.h"
#include "app/composition/views.h"
#include "app/tasks/segmenter.h"
#include "inference/base/error.h"

#include <algorithm>
#include <utility>

namespace phial::app {

bool Application::embedded() const {
    return m_settings.model.empty();
}

void Application::connectEngine() {
    connect(&m_engine, &EngineController::loadProgress, this,
            [this](const Progress& progress) { m_window.setJob(loadingJob(progress)); });
    connect(&m_engine, &EngineController::ready, this, &Application::onReady);
    connect(&m_engine, &EngineController::loadFailed, this, &Application::onLoadFailed);
}

void Application::connectIdleModel() {
    connect(&m_idle, &IdleModel::wanted, this, &Application::loadModel);
    connect(&m_idle, &IdleModel::rested, this, [this] {
        m_chip.state = ui::EngineState::Resting;
        m_chip.tokensPerSecond = 0;
        refreshEngine();
        m_models.onResting();
    });
    connect(&m_window, &ui::MainWindow::modelRestRequested, this, [this] {
        m_idle.rest();
        if (!m_idle.resting()) {
            m_window.showBriefly(tr("The model is at work; its memory is freed later"));
        }
    });
    connect(&m_meetings, &MeetingSession::modelWanted, &m_idle, &IdleModel::use);
}

void Application::loadModel() {
    EngineOptions options;
    options.model = embedded() ? m_services.resources / "models" / "embedded" : m_settings.model;
    options.device.select = m_settings.device;
    options.device.software = m_settings.software;
    options.device.pipelineCacheDirectory = m_services.cacheDirectory / "pipelines";
    options.precision = m_settings.precision;
    options.kvCache = m_settings.kvCache;
    options.contextTokens = m_settings.contextTokens;
    m_window.clearNotice(QStringLiteral("model"));
    m_loadFailure.reset();
    m_loadStopped = false;
    m_chip = {};
    m_chip.state = ui::EngineState::Loading;
    m_chat.setModelExpected(true);
    refreshEngine();
    m_window.setJob({.text = tr("Loading the model"), .fraction = -1});
    m_idle.onLoading();
    m_engine.load(options);
    m_models.onLoading();
}

void Application::onReady(const EngineInfo& info) {
    m_chip.state = ui::EngineState::Ready;
    m_chip.deviceClass = deviceClass(info.deviceKind);
    m_chip.deviceName = QString::fromStdString(info.deviceName);
    m_chip.driver = QString::fromStdString(info.driver);
    m_chip.precision =
        info.precision == Precision::Fp16 ? QStringLiteral("fp16") : QStringLiteral("fp32");
    m_chip.embeddedModel = embedded();
    m_chip.modelName = embedded() ? tr("Built-in mini model: a demonstration")
                                  : QString::fromStdString(info.modelName);
    m_chip.hears = info.hears;
    m_chip.sees = info.sees;
    m_chip.contextSize = info.contextTokens;
    m_window.setJob(m_answerJob); // a question may have been waiting for the model
    m_window.setDevices(deviceViews(m_devices, QString::fromStdString(info.deviceUuid)));
    m_media.recount();
    m_countTimer.start(); // of what was typed while it was loaded
    refreshContext();
    m_modelBefore.reset();
    m_models.onReady(info);
}

void Application::onLoadFailed(ErrorCode code, const QString& sentence) {
    if (code == ErrorCode::Cancelled && !m_loadStopped) {
        return; // given up for another one, which is being loaded
    }
    if (code == ErrorCode::Cancelled && m_engine.info()) { // before it began: the old one is there
        if (m_modelBefore) {
            m_settings.model = *m_modelBefore;
            saveSettings();
        }
        onReady(*m_engine.info());
        m_window.showBriefly(tr("Loading was stopped; the model goes on as it was"));
        return;
    }
    m_chip = {};
    m_chip.state =
        code == ErrorCode::Cancelled ? ui::EngineState::NoModel : ui::EngineState::Failed;
    m_chat.setModelExpected(false);
    m_loadFailure = LoadFailure{code, sentence};
    m_window.setJob({});
    m_models.onNotLoaded();
    if (m_modelBefore) {
        goBackToModelBefore(loadFailureNotice(code, sentence, m_devices));
        return;
    }
    m_window.showNotice(loadFailureNotice(code, sentence, m_devices));
    refreshContext();
}

void Application::goBackToModelBefore(const ui::NoticeView& why) {
    const QString failed = QString::fromStdString(m_settings.model.string());
    const std::filesystem::path before = *std::exchange(m_modelBefore, std::nullopt);
    m_settings.model = before;
    saveSettings();
    loadModel();
    ui::NoticeView notice = why;
    notice.key = QStringLiteral("model-change");
    notice.text = tr("%1 The model that was in use before is loaded again; %2 stays in the list.")
                      .arg(QString::fromStdString(app::sentence(why.text.toStdString())),
                           failed.isEmpty() ? tr("the built-in one") : failed);
    notice.actions = {ui::NoticeAction::ShowModels};
    m_window.showNotice(notice);
}

void Application::tellModelMissing() {
    if (m_loadFailure) { // the reason, with what can be done about it
        m_window.showNotice(
            loadFailureNotice(m_loadFailure->code, m_loadFailure->sentence, m_devices));
        return;
    }
    ui::NoticeView notice;
    notice.key = QStringLiteral("model");
    notice.severity = ui::Severity::Warning;
    notice.title = tr("No model is loaded.");
    notice.text =
        tr("What you wrote is kept. Add a model, or load the built-in one, to get an answer.");
    notice.actions = {ui::NoticeAction::AddModel, ui::NoticeAction::RetryLoad};
    m_window.showNotice(notice);
}

void Application::listDevices() {
    // Asking the drivers can take a second; the answer comes through the event loop.
    m_deviceLister = std::jthread([this] {
        std::vector<gpu::DeviceInfo> devices;
        try {
            devices = m_services.listDevices();
        } catch (const Error&) {
            devices.clear(); // loading the model reports the reason
        }
        QMetaObject::invokeMethod(
            this,
            [this, devices] {
                m_devices = devices;
                m_preferences.setDevices(devices);
                m_models.setDevices(devices);
                const auto& info = m_engine.info();
                const std::string uuid = info ? info->deviceUuid : m_settings.device;
                m_window.setDevices(deviceViews(devices, QString::fromStdString(uuid)));
                if (m_loadFailure) { // what can be done depends on what devices there are
                    m_window.showNotice(
                        loadFailureNotice(m_loadFailure->code, m_loadFailure->sentence, devices));
                }
            },
            Qt::QueuedConnection);
    });
}

void Application::chooseDevice(const QString& uuid) {
    m_settings.device = uuid.toStdString(); // naming a software device is asking for it
    saveSettings();
    loadModel();
}

void Application::chooseModel(const std::filesystem::path& folder) {
    const bool inUse = m_chip.state == ui::EngineState::Ready ||
                       m_chip.state == ui::EngineState::Busy ||
                       m_chip.state == ui::EngineState::Resting;
    if (inUse && folder != m_settings.model) {
        m_modelBefore = m_settings.model;
    }
    m_window.clearNotice(QStringLiteral("model-change"));
    m_settings.model = folder;
    saveSettings();
    m_chosenAction.reset();
    m_draftContents = {};
    m_window.setAction(ui::Action::Ask, QString::fromStdString(m_settings.translateTo));
    updateAction();
    loadModel();
}

void Application::connectCapture() {
    using audio::CaptureController;
    connect(&m_capture, &CaptureController::stateChanged, this, [this] { refreshCapture(); });
    connect(&m_capture, &CaptureController::healthChanged, this,
            [this](audio::SignalHealth health) {
                m_health = health;
                refreshCapture();
            });
    connect(&m_capture, &CaptureController::levelChanged, this,
            [this](const audio::CaptureReading& reading) {
                m_window.setLevel(levelView(reading, m_health));
            });
    connect(&m_capture, &CaptureController::devicesChanged, this, &Application::onInputs);
    connect(&m_capture, &CaptureController::finished, this,
            [this](const std::shared_ptr<const audio::Recording>& recording) {
                onRecording(*recording);
            });
    connect(&m_capture, &CaptureController::failed, this,
            [this](audio::CaptureFailure failure, const QString& sentence) {
                m_window.showNotice(captureFailureNotice(failure, sentence));
            });
}

void Application::startCapture() {
    m_health = audio::SignalHealth::Good;
    m_captureEnd = ui::CaptureEnd::Attach;
    m_captureDraft = m_window.draft();
    m_window.clearNotice(QStringLiteral("capture"));
    m_capture.start(QString::fromStdString(m_settings.microphone));
    m_idle.use(); // behind the microphone, which comes first
}

void Application::endCapture(ui::CaptureEnd end, const ui::Submission& draft) {
    m_captureEnd = end;
    m_captureDraft = draft;
    m_window.clearNotice(QStringLiteral("capture"));
    end == ui::CaptureEnd::Discard ? m_capture.discard() : m_capture.stop();
}

void Application::refreshCapture() {
    QString name;
    for (const audio::InputDevice& device : m_capture.devices()) {
        if (m_settings.microphone.empty() ? device.isDefault : device.id == m_settings.microphone) {
            name = QString::fromStdString(device.name);
        }
    }
    const ui::CaptureView view = captureView(m_capture.state(), m_health, name);
    m_window.setCapture(view);
    updateAction();
    if (view.trouble == ui::CaptureTrouble::None || view.trouble == ui::CaptureTrouble::VeryQuiet) {
        m_window.clearNotice(QStringLiteral("capture-trouble"));
        return;
    }
    ui::NoticeView notice;
    notice.key = QStringLiteral("capture-trouble");
    notice.severity = ui::Severity::Warning;
    notice.actions = {ui::NoticeAction::ChooseMicrophone, ui::NoticeAction::StopCapture};
    if (view.trouble == ui::CaptureTrouble::Unplugged) {
        notice.title = tr("The microphone was disconnected.");
        notice.text = tr("What was recorded is kept. Recording goes on when it is back.");
    } else if (view.trouble == ui::CaptureTrouble::NoData) {
        notice.title = tr("Nothing arrives from the microphone.");
        notice.text = tr("It is there but sends no sound.");
    } else {
        notice.title = tr("The microphone sends only silence.");
        notice.text = tr("It may be muted, or another one may be meant.");
    }
    m_window.showNotice(notice);
}

void Application::onRecording(const audio::Recording& recording) {
    m_window.clearNotice(QStringLiteral("capture-trouble"));
    const AudioClip& clip = recording.clip;
    if (clip.samples.empty() || !tasks::holdsSound(clip.samples, clip.sampleRateHz)) {
        if (clip.samples.size() < static_cast<std::size_t>(3 * clip.sampleRateHz)) {
            m_window.showBriefly(tr("No speech heard"));
            return;
        }
        ui::NoticeView notice;
        notice.key = QStringLiteral("capture");
        notice.severity = ui::Severity::Warning;
        notice.title = tr("This recording is silent.");
        notice.text = tr("Was the right microphone selected? Nothing was sent.");
        notice.actions = {ui::NoticeAction::ChooseMicrophone, ui::NoticeAction::RetryCapture};
        m_window.showNotice(notice);
        return;
    }
    const QString id =
        m_media.addRecording(std::make_shared<const AudioClip>(withoutSilentEnds(clip)));
    if (recording.end == audio::RecordingEnd::LongestReached) {
        m_window.showBriefly(tr("The longest recording was reached; it is kept"));
        return;
    }
    if (m_captureEnd == ui::CaptureEnd::AttachAndSend) {
        ui::Submission submission = m_captureDraft;
        submission.attachments.append(id);
        m_chat.submit(submission);
    }
}

void Application::loadSamples() {
    if (m_services.resources.empty()) {
        return;
    }
    try {
        m_samples = samples::readSamples(m_services.resources / "samples");
    } catch (const Error& error) {
        qWarning("%s", error.what()); // the window works without them
    }
    QList<ui::SampleView> views;
    for (const samples::Sample& sample : m_samples) {
        views.append(sampleView(sample, QString::number(views.size())));
    }
    m_window.setSamples(views);
}

void Application::runSample(const QString& id) {
    const samples::Sample& sample = m_samples.at(id.toUInt());
    if (sample.kind == samples::Kind::Meeting) {
        m_meetings.tryRecording(QString::fromStdString(sample.sound.string()),
                                QString::fromStdString(sample.title));
        return;
    }
    ui::Submission question = sampleSubmission(sample);
    for (const std::filesystem::path& file : {sample.picture, sample.sound}) {
        if (!file.empty()) {
            question.attachments.append(m_media.add(
                {.path = QString::fromStdString(file.string()), .bytes = {}, .name = {}}));
        }
    }
    m_chat.submit(question);
}

} // namespace phial::app
