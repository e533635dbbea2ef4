// SPDX-License-Identifier: MIT
#include "app/audio/time_stretch.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace phial::audio {
namespace {

constexpr double kPieceSeconds = 0.015;
/// A period of the lowest voice (60 Hz is 17 ms, searched to both sides).
constexpr double kSearchSeconds = 0.009;
/// Every third sample tells enough for finding the place, at a ninth of the work.
constexpr std::int64_t kSkip = 3;

} // namespace

TimeStretch::TimeStretch(int rateHz, double speed)
    : m_speed(std::clamp(speed, kSlowest, kFastest))
    , m_piece(std::max<std::int64_t>(16, std::llround(kPieceSeconds * rateHz)))
    , m_search(std::max<std::int64_t>(4, std::llround(kSearchSeconds * rateHz))) {
    m_fade.resize(static_cast<std::size_t>(m_piece));
    for (std::size_t i = 0; i < m_fade.size(); ++i) {
        const double phase =
            std::numbers::pi * (static_cast<double>(i) + 0.5) / static_cast<double>(m_fade.size());
        m_fade[i] = static_cast<float>(0.5 - 0.5 * std::cos(phase));
    }
}

void TimeStretch::push(std::span<const float> sound, std::vector<float>& out) {
    m_sound.insert(m_sound.end(), sound.begin(), sound.end());
    make(out);
}

void TimeStretch::finish(std::vector<float>& out) {
    const std::int64_t end = m_base + static_cast<std::int64_t>(m_sound.size());
    const auto nominal = std::llround(m_next);
    if (nominal < end) { // the search needs sound behind the end
        const auto rest =
            static_cast<std::size_t>(std::llround(static_cast<double>(end - nominal) / m_speed));
        m_sound.insert(m_sound.end(), static_cast<std::size_t>(2 * m_piece + 2 * m_search), 0.0F);
        const std::size_t before = out.size();
        make(out);
        out.resize(std::min(out.size(), before + rest));
    }
}

std::int64_t TimeStretch::bestNear(std::int64_t nominal) const {
    const std::int64_t first = std::max(nominal - m_search, m_base);
    std::int64_t best = std::max(nominal, m_base);
    double bestLikeness = -2;
    for (std::int64_t start = first; start <= nominal + m_search; start += kSkip) {
        double product = 0;
        double energy = 1e-9;
        for (std::int64_t i = 0; i < m_piece; i += kSkip) {
            const double here = at(start + i);
            product += here * at(m_natural + i);
            energy += here * here;
        }
        const double likeness = product / std::sqrt(energy);
        if (likeness > bestLikeness) {
            bestLikeness = likeness;
            best = start;
        }
    }
    return best;
}

void TimeStretch::make(std::vector<float>& out) {
    while (true) {
        const auto nominal = std::llround(m_next);
        const std::int64_t end = m_base + static_cast<std::int64_t>(m_sound.size());
        if (std::max<std::int64_t>(nominal + m_search, m_natural) + m_piece > end) {
            break;
        }
        const std::int64_t best = bestNear(nominal);
        for (std::int64_t i = 0; i < m_piece; ++i) {
            const float fade = m_fade[static_cast<std::size_t>(i)];
            out.push_back((1 - fade) * at(m_natural + i) + fade * at(best + i));
        }
        m_natural = best + m_piece;
        m_next += static_cast<double>(m_piece) * m_speed;
        const std::int64_t keep =
            std::min<std::int64_t>(m_natural, std::llround(m_next) - m_search);
        if (keep > m_base) {
            const auto drop = std::min(static_cast<std::size_t>(keep - m_base), m_sound.size());
            m_sound.erase(m_sound.begin(), m_sound.begin() + static_cast<std::ptrdiff_t>(drop));
            m_base += static_cast<std::int64_t>(drop);
        }
    }
}

} // namespace phial::audio
