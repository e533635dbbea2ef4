// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/meeting_view.h"

#include <QString>

namespace phial::ui {

/// Why a line carries a warning, one or two sentences; empty when it carries none.
QString lineRemark(const LineView& line);

} // namespace phial::ui
