// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/message_view.h"

#include <QMetaType>
#include <QString>
#include <QStringList>

namespace phial::ui {

/// What the composer holds when the user sends.
struct Submission {
    QString text;
    QStringList attachments; ///< ids of chips, in the order shown; some may still be Reading
    Action action = Action::Ask;
    QString language;     ///< target of a translation: a code of textLanguages()
    QString editsMessage; ///< id of the user message this replaces, or empty
};

/// How a capture ends.
enum class CaptureEnd {
    Attach,        ///< the recording becomes a chip
    AttachAndSend, ///< and is sent at once with what the composer holds
    Discard,       ///< without any trace
};

/// What sends a message; the other one, and Shift+Enter, begin a new line.
enum class SendKey { Enter, CtrlEnter };

enum class ThemeChoice { System, Light, Dark };

/// A shipped sample that one click tries out.
struct SampleView {
    QString id;
    QString title; ///< "Transcribe a short meeting note"
    QString text;  ///< what it shows
    AttachmentKind kind = AttachmentKind::Audio;
};

} // namespace phial::ui

Q_DECLARE_METATYPE(phial::ui::Submission)
Q_DECLARE_METATYPE(phial::ui::SampleView)
