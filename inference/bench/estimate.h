// SPDX-License-Identifier: MIT
#pragma once

#include "inference/bench/bench.h"

namespace phial::bench {

/// How long the work of a row would take where each operation ran at the device's measured rates:
/// its bytes at the rate of a copy or its arithmetic at that of a large matrix product, whichever
/// takes longer, one operation after another. 0 where operations or rates are not known. A software
/// device can be faster: its caches hold what a copy must fetch.
double idealSeconds(const BenchRow& row, const DeviceLimits& limits);

/// What the times of the operations are of the run that they were measured in, 1 = all; 0 where the
/// device has no timestamps.
double opsShare(const BenchRow& row);

/// Whether that is 0.9 to 1.1, or not known: otherwise the times of the operations do not explain
/// the run.
bool opsExplainRun(const BenchRow& row);

} // namespace phial::bench
