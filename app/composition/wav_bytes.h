// SPDX-License-Identifier: MIT
#pragma once

#include "inference/preprocess/media.h"

#include <QByteArray>

namespace phial::app {

/// A WAV file with 32-bit float samples: what is kept of a recording gives the model exactly what it
/// heard the first time.
QByteArray wavBytes(const AudioClip& clip);

} // namespace phial::app
