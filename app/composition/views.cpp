// SPDX-License-Identifier: MIT
#include "app/composition/views.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace phial::app {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Application", text);
}

double fractionOf(const Progress& progress) {
    return progress.total > 0 ? std::clamp(progress.done / progress.total, 0.0, 1.0) : -1.0;
}

QString gigabytes(double bytes) {
    return QLocale().toString(bytes / 1e9, 'f', 1);
}

bool onlySoftware(const std::vector<gpu::DeviceInfo>& devices) {
    return !devices.empty() &&
           std::all_of(devices.begin(), devices.end(), [](const gpu::DeviceInfo& device) {
               return device.kind == gpu::DeviceKind::Software;
           });
}

} // namespace

ui::JobView loadingJob(const Progress& progress) {
    ui::JobView job;
    job.fraction = fractionOf(progress);
    switch (progress.stage) {
    case Progress::Stage::ReadingModel:
        job.text = tr("Reading the model");
        break;
    case Progress::Stage::UploadingWeights:
        job.text = progress.total > 1e9
                       ? tr("Loading the model · %1 of %2 GB")
                             .arg(gigabytes(progress.done), gigabytes(progress.total))
                       : tr("Loading the model");
        break;
    case Progress::Stage::PreparingKernels:
        job.text = tr("Preparing the device");
        break;
    default:
        job.text = tr("Loading the model");
    }
    return job;
}

ui::JobView answeringJob(const Progress& progress) {
    ui::JobView job;
    job.fraction = fractionOf(progress);
    switch (progress.stage) {
    case Progress::Stage::EncodingImage:
        job.text = tr("Looking at the picture");
        break;
    case Progress::Stage::EncodingAudio:
        job.text = tr("Listening to the recording");
        break;
    case Progress::Stage::ReadingPrompt:
        job.text = tr("Reading the question");
        break;
    case Progress::Stage::Writing:
        job.text = tr("Writing the answer");
        job.fraction = -1; // the limit of tokens says nothing about when it ends
        break;
    default:
        job.text = tr("Working");
    }
    return job;
}

ui::DeviceClass deviceClass(gpu::DeviceKind kind) {
    return kind == gpu::DeviceKind::Software ? ui::DeviceClass::Software
                                             : ui::DeviceClass::Hardware;
}

QList<ui::DeviceView> deviceViews(const std::vector<gpu::DeviceInfo>& devices,
                                  const QString& selectedUuid) {
    QList<ui::DeviceView> views;
    for (const gpu::DeviceInfo& device : devices) {
        ui::DeviceView view;
        view.id = QString::fromStdString(device.uuid);
        view.name = QString::fromStdString(device.name);
        view.driver = QString::fromStdString(device.driver);
        view.deviceClass = deviceClass(device.kind);
        view.memoryGigabytes = static_cast<double>(device.localMemoryBytes) / 1e9;
        view.unsuitable = QString::fromStdString(device.unsuitable);
        view.selected = view.id == selectedUuid;
        views.append(view);
    }
    return views;
}

ui::NoticeView loadFailureNotice(ErrorCode code, const QString& sentence,
                                 const std::vector<gpu::DeviceInfo>& devices) {
    ui::NoticeView notice;
    notice.key = QStringLiteral("model");
    notice.severity = ui::Severity::Error;
    notice.text = sentence;
    notice.detail =
        QStringLiteral("%1: %2").arg(QString::fromUtf8(errorCodeName(code).data()), sentence);
    switch (code) {
    case ErrorCode::NoDevice:
        notice.title = tr("No usable graphics device was found.");
        notice.text = tr("Writing, recording and your conversations work; answers need a device "
                         "with a Vulkan "
                         "driver. %1")
                          .arg(sentence);
        notice.actions = {ui::NoticeAction::RecheckDevices, ui::NoticeAction::ChooseDevice};
        break;
    case ErrorCode::DeviceUnsuitable:
        if (onlySoftware(devices)) {
            notice.severity = ui::Severity::Warning;
            notice.title = tr("Only a software renderer was found.");
            notice.text =
                tr("It computes on the processor: fine for the built-in mini model, but expect "
                   "less than "
                   "one word per second from a large one. It is not used without your consent.");
            notice.actions = {ui::NoticeAction::UseSoftwareDevice, ui::NoticeAction::ChooseDevice};
        } else {
            notice.title = tr("This graphics device cannot be used.");
            notice.actions = {ui::NoticeAction::ChooseDevice, ui::NoticeAction::RecheckDevices};
        }
        break;
    case ErrorCode::OutOfDeviceMemory:
        notice.title = tr("The graphics device has too little memory free.");
        notice.actions = {ui::NoticeAction::RetryLoad, ui::NoticeAction::ChooseDevice};
        break;
    case ErrorCode::DeviceLost:
        notice.title = tr("The graphics driver restarted. Your text and recordings are safe.");
        notice.actions = {ui::NoticeAction::RetryLoad};
        break;
    case ErrorCode::Cancelled:
        notice.severity = ui::Severity::Info;
        notice.title = tr("The model was not loaded.");
        notice.text = tr("Loading was stopped.");
        notice.actions = {ui::NoticeAction::RetryLoad, ui::NoticeAction::AddModel};
        break;
    default:
        notice.title = tr("The model cannot be loaded.");
        notice.actions = {ui::NoticeAction::AddModel, ui::NoticeAction::RetryLoad};
    }
    return notice;
}

double tokensPerSecond(const GenerationResult& result) {
    const int counted = result.usage.completionTokens - 1; // the first is part of the prefill
    return counted > 0 && result.timings.decode > 0 ? counted / result.timings.decode : 0;
}

AnswerEnd answerEnd(const tasks::TaskResult& result) {
    AnswerEnd end;
    const GenerationResult& generation = result.generation;
    if (result.heard == tasks::Heard::Nothing && result.generation.text.empty()) {
        end.state = ui::MessageState::Failed;
        end.note = tr("No speech was heard in this recording, so the model was not asked. Was the "
                      "right microphone "
                      "selected?");
        return end;
    }
    if (result.circled) {
        end.state = ui::MessageState::Shortened;
        end.note = tr("The model began to say the same over and over and was stopped. Speak the "
                      "sentence again, or cut the recording into shorter ones.");
    }
    switch (generation.finishReason) {
    case FinishReason::Cancelled:
        end.state = ui::MessageState::Stopped;
        break;
    case FinishReason::TokenLimit:
        end.state = ui::MessageState::Shortened;
        end.note = tr("The answer reached its length limit.");
        break;
    case FinishReason::ContextFull:
        end.state = ui::MessageState::Shortened;
        end.note = tr("The conversation fills the model's memory; nothing more fits. A new chat "
                      "begins empty.");
        break;
    case FinishReason::EndOfTurn:
    case FinishReason::StopString:
        break;
    }
    const double speed = tokensPerSecond(generation);
    const int tokens = generation.usage.completionTokens;
    if (tokens > 0) {
        end.stats = QCoreApplication::translate("Application", "%n tokens", nullptr, tokens);
        if (speed > 0) {
            end.stats +=
                tr(" · %1 tokens/s").arg(QLocale().toString(speed, 'f', speed < 10 ? 1 : 0));
        }
    }
    return end;
}

ui::CaptureView captureView(audio::CaptureState state, audio::SignalHealth health,
                            const QString& device) {
    ui::CaptureView view;
    view.deviceName = device;
    switch (state) {
    case audio::CaptureState::Idle:
        return view;
    case audio::CaptureState::Opening:
        view.phase = ui::CapturePhase::Starting;
        return view;
    case audio::CaptureState::Finishing:
        view.phase = ui::CapturePhase::Finishing;
        return view;
    case audio::CaptureState::Recording:
        view.phase = ui::CapturePhase::Listening;
        break;
    case audio::CaptureState::Stalled:
        view.phase = ui::CapturePhase::Listening;
        view.trouble = ui::CaptureTrouble::NoData;
        return view;
    case audio::CaptureState::Unplugged:
        view.phase = ui::CapturePhase::Listening;
        view.trouble = ui::CaptureTrouble::Unplugged;
        return view;
    }
    if (health == audio::SignalHealth::Silent) {
        view.trouble = ui::CaptureTrouble::OnlySilence;
    } else if (health == audio::SignalHealth::TooQuiet) {
        view.trouble = ui::CaptureTrouble::VeryQuiet;
    }
    return view;
}

ui::LevelView levelView(const audio::CaptureReading& reading, audio::SignalHealth health) {
    return {.peak = reading.level.peak,
            .rms = reading.level.rms,
            .clipped = reading.level.clipped,
            .veryQuiet = health != audio::SignalHealth::Good,
            .elapsedMs = static_cast<qint64>(reading.elapsedSeconds * 1000)};
}

QList<ui::InputDeviceView> inputViews(const std::vector<audio::InputDevice>& devices,
                                      const QString& selected) {
    QList<ui::InputDeviceView> views;
    for (const audio::InputDevice& device : devices) {
        if (!device.isSystemAudio) {
            const QString id = QString::fromStdString(device.id);
            views.append({id, QString::fromStdString(device.name), id == selected});
        }
    }
    if (!views.isEmpty()) {
        views.prepend({QString(), tr("System default"), selected.isEmpty()});
    }
    return views;
}

ui::NoticeView captureFailureNotice(audio::CaptureFailure failure, const QString& sentence) {
    ui::NoticeView notice;
    notice.key = QStringLiteral("capture");
    notice.severity = ui::Severity::Warning;
    notice.text = sentence;
    notice.actions = {ui::NoticeAction::RetryCapture, ui::NoticeAction::ChooseMicrophone};
    switch (failure) {
    case audio::CaptureFailure::NoMicrophone:
        notice.title = tr("No microphone was found.");
        notice.text = tr("Plug one in and try again.");
        notice.actions = {ui::NoticeAction::RetryCapture};
        break;
    case audio::CaptureFailure::NotConnected:
        notice.title = tr("The chosen microphone is not connected.");
        break;
    case audio::CaptureFailure::Busy:
        notice.title = tr("The microphone is in use by another program, or access is denied.");
        break;
    case audio::CaptureFailure::None:
    case audio::CaptureFailure::Unusable:
        notice.title = tr("The microphone cannot be used.");
        break;
    }
    return notice;
}

} // namespace phial::app
