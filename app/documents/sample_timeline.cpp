// SPDX-License-Identifier: MIT
#include "app/documents/sample_timeline.h"

#include <cmath>

namespace phial::documents {
namespace {

constexpr double kBeyondEndSeconds = 5;    ///< claims of length are rounded
constexpr double kLongestHoleSeconds = 60; ///< in files that do not say how long they are
constexpr double kLongestOverlapSeconds = 1;

} // namespace

SampleTimeline::SampleTimeline(int rateHz, double lengthSeconds)
    : m_rateHz(rateHz)
    , m_longest(lengthSeconds > 0 ? std::llround((lengthSeconds + kBeyondEndSeconds) * rateHz)
                                  : 0) {}

Placement SampleTimeline::place(std::int64_t stamp, std::int64_t count) {
    const auto samples = [this](double seconds) { return std::llround(seconds * m_rateHz); };
    const std::int64_t away = stamp + m_shift - m_next;
    if (away > -samples(kToleranceSeconds) && away < samples(kToleranceSeconds)) {
        return {};
    }
    const bool possible =
        m_longest > 0 ? stamp + m_shift + count <= m_longest : away <= samples(kLongestHoleSeconds);
    if (away > 0 && possible) {
        return {.silence = away, .skip = 0};
    }
    if (away < 0 && -away <= samples(kLongestOverlapSeconds)) {
        return {.silence = 0, .skip = -away};
    }
    m_shift = m_next - stamp;
    return {};
}

} // namespace phial::documents
