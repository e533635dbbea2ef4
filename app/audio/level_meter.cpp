// SPDX-License-Identifier: MIT
#include "app/audio/level_meter.h"

#include <algorithm>
#include <cmath>

namespace phial::audio {
namespace {

constexpr float kQuietPeak = 0.0031622776F; // -50 dBFS
constexpr float kClipPeak = 0.999F;         // 16-bit full scale is 32767/32768
constexpr std::int64_t kQuietSeconds = 3;
constexpr std::int64_t kSilentSeconds = 5;

} // namespace

LevelMeter::LevelMeter(int sampleRateHz)
    : m_rateHz(sampleRateHz) {}

void LevelMeter::add(std::span<const float> mono) {
    for (const float sample : mono) {
        const float size = std::abs(sample);
        m_squares += static_cast<double>(sample) * static_cast<double>(sample);
        m_peak = std::max(m_peak, size);
        m_zeroRun = size > 0 ? 0 : m_zeroRun + 1;
        m_quietRun = size >= kQuietPeak ? 0 : m_quietRun + 1;
    }
    m_count += static_cast<std::int64_t>(mono.size());
}

Level LevelMeter::takeLevel() {
    Level level;
    if (m_count > 0) {
        level.peak = std::min(m_peak, 1.0F);
        level.rms =
            std::min(1.0F, static_cast<float>(std::sqrt(m_squares / static_cast<double>(m_count))));
        level.clipped = m_peak >= kClipPeak;
    }
    m_squares = 0;
    m_count = 0;
    m_peak = 0;
    return level;
}

SignalHealth LevelMeter::health() const {
    if (m_zeroRun >= kSilentSeconds * m_rateHz) {
        return SignalHealth::Silent;
    }
    return m_quietRun >= kQuietSeconds * m_rateHz ? SignalHealth::TooQuiet : SignalHealth::Good;
}

} // namespace phial::audio
