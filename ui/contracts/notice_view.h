// SPDX-License-Identifier: MIT
#pragma once

#include <QList>
#include <QMetaType>
#include <QString>

namespace phial::ui {

enum class Severity { Info, Warning, Error };

/// What a button of a notice asks for. The window acts on none of them; the application does.
enum class NoticeAction {
    AddModel,          ///< open the page of models
    ShowModels,        ///< the same, where there is nothing to add
    RetryLoad,         ///< load again
    UseSoftwareDevice, ///< "Use anyway"
    ChooseDevice,      ///< open the device picker
    RecheckDevices,    ///<
    ChooseMicrophone,  ///< open the microphone picker
    RetryCapture,      ///<
    StopCapture,       ///<
    NewConversation,   ///<
    DropOldest,        ///< leave the oldest turns out and send again
    RemoveAttachments, ///< remove the chips that do not fit or cannot be read
    RetryAnswer,       ///<
    Undo,              ///<
    OpenMeeting,       ///<
    TranscribeMeeting, ///<
    ShowQueue,         ///<
    Acknowledge,       ///< it is read
    Continue,          ///< it may go on as it is
    ChooseLanguage,    ///< of a meeting, and transcribe it again
};

/// An inline banner: what happened, why, what is safe; one primary action, one alternative,
/// details. A notice with the same `key` replaces the one before.
struct NoticeView {
    QString key; ///< "device", "model", "capture", "context", "file", ...
    Severity severity = Severity::Info;
    QString title;  ///< a short sentence
    QString text;   ///< the rest, plain words
    QString detail; ///< technical, copyable; may be empty
    QList<NoticeAction> actions;
    bool dismissable = true;
};

} // namespace phial::ui

Q_DECLARE_METATYPE(phial::ui::NoticeView)
Q_DECLARE_METATYPE(phial::ui::NoticeAction)
