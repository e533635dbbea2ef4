// SPDX-License-Identifier: MIT
#include "inference/package/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace phial::package {

void parallelFor(std::int64_t count, int threads, const std::function<void(std::int64_t)>& body) {
    std::atomic<std::int64_t> next{0};
    std::mutex mutex;
    std::exception_ptr failure;
    const auto work = [&] {
        for (std::int64_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
            try {
                body(i);
            } catch (...) {
                const std::lock_guard lock(mutex);
                if (!failure) {
                    failure = std::current_exception();
                }
                next.store(count);
            }
        }
    };
    {
        std::vector<std::jthread> helpers;
        const auto wanted = static_cast<int>(std::min<std::int64_t>(threads, count)) - 1;
        for (int i = 0; i < wanted; ++i) {
            helpers.emplace_back(work);
        }
        work();
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

} // namespace phial::package
