// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace phial::audio {

/// Plays speech faster or slower without changing its pitch: pieces of 15 ms are taken from the
/// sound at `speed` times their own pace, each from where it goes on most smoothly, and faded into
/// one another. One channel, one thread. Source: Verhelst and Roelands 1993 (WSOLA).
class TimeStretch {
public:
    static constexpr double kSlowest = 0.5;
    static constexpr double kFastest = 3.0;

    /// `speed` is brought into [kSlowest, kFastest].
    TimeStretch(int rateHz, double speed);

    double speed() const { return m_speed; }

    /// Takes sound in and appends what can be made of it to `out`.
    void push(std::span<const float> sound, std::vector<float>& out);

    /// No more sound will come: appends the rest.
    void finish(std::vector<float>& out);

private:
    void make(std::vector<float>& out);
    std::int64_t bestNear(std::int64_t nominal) const;

    float at(std::int64_t index) const { return m_sound[static_cast<std::size_t>(index - m_base)]; }

    double m_speed;
    std::int64_t m_piece;  ///< samples
    std::int64_t m_search; ///< samples to both sides
    std::vector<float> m_fade;
    std::vector<float> m_sound; ///< what is still needed
    std::int64_t m_base = 0;    ///< place of m_sound[0] in all that came
    double m_next = 0;          ///< where the next piece would begin by the pace alone
    std::int64_t m_natural = 0; ///< where the last piece would go on
};

} // namespace phial::audio
