// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>

namespace phial::package {

/// Calls body(i) for i in [0, count) from up to `threads` threads and returns when all are done.
/// The first exception stops the rest and is thrown again here.
void parallelFor(std::int64_t count, int threads, const std::function<void(std::int64_t)>& body);

} // namespace phial::package
