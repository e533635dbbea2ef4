// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/device.h"

#include <ctime>

namespace phial {

/// Seconds since some moment, for comparing what steps of the decoder cost: processor time of this
/// process where the processor is the device, because other programs stretch the clock there by any
/// factor, else the clock.
inline double stepClock(gpu::DeviceKind kind) {
    std::timespec now{};
    clock_gettime(kind == gpu::DeviceKind::Software ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC,
                  &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

} // namespace phial
