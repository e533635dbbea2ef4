// SPDX-License-Identifier: MIT
#pragma once

#include "tests/meetings/voice.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numbers>
#include <random>
#include <vector>

// Sounds without speech, made from formulas, at kRate.

namespace phial::meetings {

/// To a loudness in dB below full scale.
inline void scaleTo(std::vector<float>& samples, double dbfs) {
    double squares = 0;
    for (const float sample : samples) {
        squares += static_cast<double>(sample) * static_cast<double>(sample);
    }
    const double rms = std::sqrt(squares / static_cast<double>(samples.size())) + 1e-12;
    const auto gain = static_cast<float>(std::pow(10, dbfs / 20) / rms);
    for (float& sample : samples) {
        sample = std::clamp(sample * gain, -1.0F, 1.0F);
    }
}

inline std::vector<float> whiteNoise(double seconds, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> samples(static_cast<std::size_t>(seconds * kRate));
    for (float& sample : samples) {
        sample = normal(random);
    }
    return samples;
}

/// White noise through the three-pole filter of Kellet's method: -3 dB an octave.
inline std::vector<float> pinkNoise(double seconds, unsigned seed) {
    std::vector<float> samples = whiteNoise(seconds, seed);
    double a = 0;
    double b = 0;
    double c = 0;
    for (float& sample : samples) {
        const auto white = static_cast<double>(sample);
        a = 0.99765 * a + white * 0.0990460;
        b = 0.96300 * b + white * 0.2965164;
        c = 0.57000 * c + white * 1.0526913;
        sample = static_cast<float>(a + b + c + white * 0.1848);
    }
    return samples;
}

/// Notes with four harmonics, an attack and a decay, as an organ (decay 0) or a piano plays them.
inline std::vector<float> melody(double seconds, double noteSeconds, double decay, int voices) {
    std::mt19937 random(5);
    std::vector<float> samples(static_cast<std::size_t>(seconds * kRate));
    const auto note = static_cast<std::size_t>(noteSeconds * kRate);
    for (std::size_t start = 0; start < samples.size(); start += note) {
        for (int voice = 0; voice < voices; ++voice) {
            const double hz = 110 * std::pow(2, static_cast<int>(random() % 24) / 12.0);
            for (std::size_t i = start; i < std::min(start + note, samples.size()); ++i) {
                const double t = static_cast<double>(i - start) / kRate;
                const double loud = std::min(t / 0.01, 1.0) * std::exp(-decay * t);
                for (int harmonic = 1; harmonic <= 4; ++harmonic) {
                    samples[i] += static_cast<float>(
                        loud / harmonic * std::sin(2 * std::numbers::pi * hz * harmonic * t));
                }
            }
        }
    }
    return samples;
}

inline std::vector<float> tone(double seconds, const std::function<double(double)>& wave) {
    std::vector<float> samples(static_cast<std::size_t>(seconds * kRate));
    for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = static_cast<float>(wave(static_cast<double>(i) / kRate));
    }
    return samples;
}

} // namespace phial::meetings
