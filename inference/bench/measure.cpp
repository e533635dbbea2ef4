// SPDX-License-Identifier: MIT
#include "inference/bench/measure.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <utility>
#include <vector>

namespace phial::bench {
namespace {

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// All threads of the process; std::clock() wraps after minutes on some systems.
double processorSeconds() {
    std::timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

} // namespace

Seconds medianOf(int rounds, const std::function<void()>& work) {
    using Clock = std::chrono::steady_clock;
    std::vector<Seconds> list;
    for (int i = 0; i < std::max(1, rounds); ++i) {
        const double cpuBegin = processorSeconds();
        const Clock::time_point begin = Clock::now();
        work();
        list.push_back({std::chrono::duration<double>(Clock::now() - begin).count(),
                        processorSeconds() - cpuBegin});
    }
    return medianOf(list);
}

Seconds medianOf(std::span<const Seconds> list) {
    std::vector<double> wall;
    std::vector<double> cpu;
    for (const Seconds& seconds : list) {
        wall.push_back(seconds.wall);
        cpu.push_back(seconds.cpu);
    }
    return {median(std::move(wall)), median(std::move(cpu))};
}

} // namespace phial::bench
