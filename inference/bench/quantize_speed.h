// SPDX-License-Identifier: MIT
#pragma once

#include "inference/bench/measure.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

namespace phial::bench {

/// What one scheme took for one matrix.
struct QuantizeSpeed {
    std::string scheme;            ///< "sq4", "sinq8g64": package::schemeName
    std::uint64_t sourceBytes = 0; ///< of the matrix in bf16
    std::uint64_t packedBytes = 0; ///< of its planes
    Seconds taken;                 ///< median of the rounds: column scales, fit and packing
};

/// A matrix to quantize; the default has the size of the decoder's qkv_proj.
struct QuantizeShape {
    std::int64_t rows = 5120;
    std::int64_t columns = 3072;
};

/// Quantizes one bf16 matrix in memory with every scheme that packages know, on one thread, without
/// a disk. Its values are as in trained decoders (normal, under log-normal row and column scales
/// with a few outlier columns), the same on every call. `onRow` is called on this thread after each
/// scheme. Throws Error{Cancelled} after a stop request.
void measureQuantizing(const QuantizeShape& shape, int rounds,
                       const std::function<void(const QuantizeSpeed&)>& onRow,
                       const std::stop_token& stop);

} // namespace phial::bench
