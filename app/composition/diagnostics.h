// SPDX-License-Identifier: MIT
#pragma once

#include "app/composition/settings_rows.h"

#include <QString>

namespace phial::app {

/// Program, system, devices and settings as text for a problem report. Nothing that the user wrote
/// or said is in it, and the home folder is "~".
QString diagnosticsReport(const settings::Settings& settings, const SettingsSurroundings& around);

} // namespace phial::app
