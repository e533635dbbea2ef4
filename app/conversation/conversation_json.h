// SPDX-License-Identifier: MIT
#pragma once

#include "app/conversation/conversation.h"

#include <QByteArray>

namespace phial::conversation {

inline constexpr int kSchema = 1;

/// The file format: JSON with a schema number, indented so that people can read it.
QByteArray toJson(const Conversation& conversation);

/// Throws Error{FileUnreadable} for text that is not such a file, or of a newer version; `name`
/// stands for the file in the message. Answers that were being written when the program ended
/// become Interrupted.
Conversation fromJson(const QByteArray& json, const QString& name);

} // namespace phial::conversation
