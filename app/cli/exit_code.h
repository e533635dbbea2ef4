// SPDX-License-Identifier: MIT
#pragma once

#include "inference/base/error.h"

namespace phial::cli {

/// What the program tells the shell. The numbers are part of the interface.
enum class ExitCode {
    Ok = 0,
    Failed = 1, ///< a probe that found a wrong stage, or a bug in Phial
    Usage = 2,
    Input = 3, ///< a file that cannot be read or used, or a request that does not fit
    Model = 4,
    Device = 5, ///< graphics device, its memory, or the computer's
    Cancelled = 6,
};

/// Whose fault a missing file is depends on what was being done.
enum class Phase { Loading, Working };

ExitCode exitCodeOf(ErrorCode code, Phase phase);

} // namespace phial::cli
