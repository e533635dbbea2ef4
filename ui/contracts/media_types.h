// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/attachment_view.h"

#include <QStringList>

#include <optional>

namespace phial::ui {

/// Lower-case file suffixes, without the dot.
QStringList imageSuffixes();
QStringList audioSuffixes(); ///< video files too: their sound is used

/// For a dialog that asks for recordings.
QStringList recordingFilters();

/// What a file would become, judged by its name alone; nothing for unknown types.
std::optional<AttachmentKind> kindOfFile(const QString& path);

} // namespace phial::ui
