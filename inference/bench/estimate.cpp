// SPDX-License-Identifier: MIT
#include "inference/bench/estimate.h"

#include <algorithm>
#include <cmath>

namespace phial::bench {

double idealSeconds(const BenchRow& row, const DeviceLimits& limits) {
    if (limits.copyBytesPerSecond <= 0 || limits.matrixFlopsPerSecond <= 0) {
        return 0;
    }
    double seconds = 0;
    for (const gpu::Profiler::Row& op : row.ops) {
        seconds +=
            std::max(op.bytes / limits.copyBytesPerSecond, op.flops / limits.matrixFlopsPerSecond);
    }
    return seconds;
}

double opsShare(const BenchRow& row) {
    return row.spanSeconds > 0 ? row.opSeconds / row.spanSeconds : 0;
}

bool opsExplainRun(const BenchRow& row) {
    constexpr double kMayBeOff = 0.1;
    return row.spanSeconds <= 0 || std::abs(opsShare(row) - 1) <= kMayBeOff;
}

} // namespace phial::bench
