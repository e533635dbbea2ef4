// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/capture_controller.h"
#include "app/tasks/task.h"
#include "inference/base/error.h"
#include "inference/engine/engine.h"
#include "ui/contracts/capture_view.h"
#include "ui/contracts/engine_view.h"
#include "ui/contracts/message_view.h"
#include "ui/contracts/notice_view.h"

#include <QList>
#include <QString>

#include <vector>

namespace phial::app {

// What the engine and the microphone report, in the words of the window. No state.

ui::JobView loadingJob(const Progress& progress);
ui::JobView answeringJob(const Progress& progress);

ui::DeviceClass deviceClass(gpu::DeviceKind kind);
QList<ui::DeviceView> deviceViews(const std::vector<gpu::DeviceInfo>& devices,
                                  const QString& selectedUuid);

/// Why a model could not be loaded, with what can be done about it.
ui::NoticeView loadFailureNotice(ErrorCode code, const QString& sentence,
                                 const std::vector<gpu::DeviceInfo>& devices);

/// How an answer ended: its state and note.
struct AnswerEnd {
    ui::MessageState state = ui::MessageState::Done;
    QString note;
    QString stats;
};

AnswerEnd answerEnd(const tasks::TaskResult& result);
double tokensPerSecond(const GenerationResult& result); ///< 0 when there were too few tokens

ui::CaptureView captureView(audio::CaptureState state, audio::SignalHealth health,
                            const QString& device);
ui::LevelView levelView(const audio::CaptureReading& reading, audio::SignalHealth health);
/// Microphones, with the system's default before them; not what the computer plays.
QList<ui::InputDeviceView> inputViews(const std::vector<audio::InputDevice>& devices,
                                      const QString& selected);
ui::NoticeView captureFailureNotice(audio::CaptureFailure failure, const QString& sentence);

} // namespace phial::app
