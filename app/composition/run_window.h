// SPDX-License-Identifier: MIT
#pragma once

#include "app/composition/application.h"

namespace phial::app {

/// Words of the command line besides files: the original settings and no model; the settings file
/// is put away first.
inline constexpr const char* kSafeMode = "--safe-mode";
inline constexpr const char* kResetSettings = "--reset-settings";

/// Runs the program with a window until it is closed; the arguments are files to open, kSafeMode
/// and kResetSettings. Without a display it says so on standard error and returns 2. Services
/// without a data directory or settings file get the standard ones.
int runWindow(int argc, char** argv, WindowServices services);

} // namespace phial::app
