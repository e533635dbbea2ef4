// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/speed_meter.h"

#include <algorithm>

namespace phial::meetings {
namespace {

constexpr std::chrono::seconds kWindow{60};

} // namespace

void SpeedMeter::add(TimePoint now, double done) {
    m_readings.push_back({.at = now, .done = done});
    // One reading older than the window stays, so that slow jobs still have two.
    while (m_readings.size() > 2 && now - m_readings[1].at >= kWindow) {
        m_readings.pop_front();
    }
}

std::optional<double> SpeedMeter::speed() const {
    if (m_readings.size() < 2) {
        return std::nullopt;
    }
    const double seconds =
        std::chrono::duration<double>(m_readings.back().at - m_readings.front().at).count();
    const double done = m_readings.back().done - m_readings.front().done;
    if (seconds <= 0 || done <= 0) {
        return std::nullopt;
    }
    return done / seconds;
}

std::optional<double> SpeedMeter::secondsLeft(double total) const {
    const std::optional<double> now = speed();
    if (!now) {
        return std::nullopt;
    }
    return std::max(total - m_readings.back().done, 0.0) / *now;
}

} // namespace phial::meetings
