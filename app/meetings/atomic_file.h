// SPDX-License-Identifier: MIT
#pragma once

#include "inference/base/atomic_file.h"

namespace phial::meetings {
using phial::readFile;
using phial::writeAtomically;
} // namespace phial::meetings
