// SPDX-License-Identifier: MIT
#pragma once

#include "app/composition/application.h"

namespace phial::app {

/// Runs the program with a window until it is closed; the arguments are files to open. Without a
/// display it says so on standard error and returns 2. Services without a data directory or
/// settings file get the standard ones.
int runWindow(int argc, char** argv, WindowServices services);

} // namespace phial::app
