// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <deque>
#include <optional>

namespace phial::meetings {

/// Speed of a job, averaged over its last minute. Fed with wall time; has no clock of its own.
class SpeedMeter {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// `done`: seconds of sound so far.
    void add(TimePoint now, double done);

    /// Seconds of sound per second; nothing before two readings differ in time.
    std::optional<double> speed() const;

    /// Seconds until `total` is reached.
    std::optional<double> secondsLeft(double total) const;

private:
    struct Reading {
        TimePoint at;
        double done = 0;
    };

    std::deque<Reading> m_readings;
};

} // namespace phial::meetings
