// SPDX-License-Identifier: MIT
#pragma once

#include "inference/preprocess/media.h"

namespace phial::app {

/// A spoken question without the silence before and after it: who holds a key breathes first, and
/// a model that hears seconds of nothing makes up words for them. A quarter of a second is kept on
/// both sides. A clip that is quiet throughout comes back unchanged.
AudioClip withoutSilentEnds(const AudioClip& clip);

} // namespace phial::app
