// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace phial::audio {

/// What the microphone delivers, judged over the last seconds.
enum class SignalHealth {
    Good,
    TooQuiet, ///< the peak stayed below -50 dBFS for 3 s
    Silent,   ///< nothing but zeros for 5 s: muted, or the wrong input
};

/// Largest and mean level of a short stretch, linear in [0, 1].
struct Level {
    float peak = 0;
    float rms = 0;
    bool clipped = false; ///< some sample reached full scale
};

/// Measures sound as it arrives. Time is counted in samples, not by a clock, so a burst after a
/// stall is judged rightly.
class LevelMeter {
public:
    explicit LevelMeter(int sampleRateHz);

    void add(std::span<const float> mono);

    /// Level since the last call of takeLevel().
    Level takeLevel();

    SignalHealth health() const;

private:
    int m_rateHz;
    double m_squares = 0;
    std::int64_t m_count = 0;
    float m_peak = 0;
    std::int64_t m_zeroRun = 0;  ///< samples since the last one that is not zero
    std::int64_t m_quietRun = 0; ///< samples since the last one at or above -50 dBFS
};

} // namespace phial::audio
