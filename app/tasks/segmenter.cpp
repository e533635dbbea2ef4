// SPDX-License-Identifier: MIT
#include "app/tasks/segmenter.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>

namespace phial::tasks {
namespace {

constexpr double kWindowSeconds = 0.3; ///< a pause between words
constexpr double kHopSeconds = 0.02;
constexpr double kSoundSeconds = 0.03;
constexpr double kSoundEnergy = 1e-6; ///< -60 dBFS, squared
constexpr double kShortestSeconds = 0.1;

double energy(std::span<const float> samples) {
    double sum = 0;
    for (const float sample : samples) {
        sum += static_cast<double>(sample) * static_cast<double>(sample);
    }
    return sum;
}

class EnergySegmenter final : public Segmenter {
public:
    explicit EnergySegmenter(int sampleRateHz)
        : m_rateHz(sampleRateHz)
        , m_longest(samplesIn(kLongestSegmentSeconds)) {}

    std::vector<Segment> push(std::span<const float> mono) override {
        std::vector<Segment> done;
        m_pending.insert(m_pending.end(), mono.begin(), mono.end());
        while (m_pending.size() > m_longest) {
            done.push_back(take(quietPlace()));
        }
        return done;
    }

    std::vector<Segment> finish() override {
        std::vector<Segment> done;
        if (!m_pending.empty()) {
            done.push_back(take(m_pending.size()));
        }
        return done;
    }

private:
    std::size_t samplesIn(double seconds) const {
        return static_cast<std::size_t>(seconds * m_rateHz);
    }

    /// Middle of the quietest window in the second half; the last of equally quiet ones, to make
    /// few segments.
    std::size_t quietPlace() const {
        const std::size_t window = std::max<std::size_t>(samplesIn(kWindowSeconds), 1);
        const std::size_t hop = std::max<std::size_t>(samplesIn(kHopSeconds), 1);
        std::size_t best = m_longest;
        double least = -1;
        for (std::size_t at = m_longest / 2; at + window <= m_longest; at += hop) {
            const double here = energy(std::span(m_pending).subspan(at, window));
            if (least < 0 || here <= least) {
                least = here;
                best = at + window / 2;
            }
        }
        return best;
    }

    Segment take(std::size_t count) {
        const auto end = m_pending.begin() + static_cast<std::ptrdiff_t>(count);
        Segment segment;
        segment.startSeconds = static_cast<double>(m_taken) / m_rateHz;
        segment.clip.sampleRateHz = m_rateHz;
        segment.clip.samples.assign(m_pending.begin(), end);
        m_pending.erase(m_pending.begin(), end);
        m_taken += count;
        return segment;
    }

    int m_rateHz;
    std::size_t m_longest;
    std::size_t m_taken = 0;
    std::vector<float> m_pending;
};

} // namespace

std::unique_ptr<Segmenter> makeEnergySegmenter(int sampleRateHz) {
    return std::make_unique<EnergySegmenter>(sampleRateHz);
}

bool holdsSound(std::span<const float> mono, int sampleRateHz) {
    if (static_cast<double>(mono.size()) < kShortestSeconds * sampleRateHz) {
        return false;
    }
    const auto frame =
        std::max<std::size_t>(static_cast<std::size_t>(kSoundSeconds * sampleRateHz), 1);
    for (std::size_t at = 0; at + frame <= mono.size(); at += frame) {
        if (energy(mono.subspan(at, frame)) >= kSoundEnergy * static_cast<double>(frame)) {
            return true;
        }
    }
    return false;
}

} // namespace phial::tasks
