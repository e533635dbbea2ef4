// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace phial::ui {

/// A length or place in a recording: "1:15", "1:06:40". Cut to whole seconds.
QString clockText(double seconds);

} // namespace phial::ui
