// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <optional>

namespace phial::ui {

/// A length or place in a recording: "1:15", "1:06:40". Cut to whole seconds.
QString clockText(double seconds);

/// The other way round, of what somebody typed: "75", "1:15", "1:06:40". Nothing where it is no
/// length.
std::optional<double> secondsOf(const QString& clock);

} // namespace phial::ui
