// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace phial::meetings {

inline constexpr int kRate = 16000;

/// Something with the gliding pitch of a voice.
inline void addVoice(std::vector<float>& samples, double seconds) {
    double phase = 0;
    for (int i = 0; i < static_cast<int>(seconds * kRate); ++i) {
        const double t = static_cast<double>(i) / kRate;
        phase += (130 + 25 * std::sin(2 * std::numbers::pi * 2.3 * t)) / kRate;
        double sum = 0;
        for (int h = 1; h <= 20; ++h) {
            sum += std::sin(2 * std::numbers::pi * h * phase) / h;
        }
        const double syllables = 0.6 + 0.4 * std::sin(2 * std::numbers::pi * 4 * t);
        samples.push_back(static_cast<float>(0.1 * sum * syllables));
    }
}

inline void addSilence(std::vector<float>& samples, double seconds) {
    samples.resize(samples.size() + static_cast<std::size_t>(seconds * kRate));
}

/// `count` utterances of 4 s with 3 s of silence around each.
inline std::vector<float> meeting(int count) {
    std::vector<float> samples;
    for (int i = 0; i < count; ++i) {
        addSilence(samples, 3);
        addVoice(samples, 4);
    }
    addSilence(samples, 3);
    return samples;
}

} // namespace phial::meetings
