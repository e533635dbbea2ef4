// SPDX-License-Identifier: MIT
#include "inference/preprocess/log_mel.h"

#include "inference/base/error.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <numbers>
#include <string>

namespace phial::preprocess {

namespace {

constexpr int kBins = 257;            // of a 512-point transform at 16 kHz: 31.25 Hz apart
constexpr double kBinHz = 31.25;      // the same for 256 points at 8 kHz
constexpr int kFirstUsedBin = 1;      // the constant part is left out
constexpr int kLastUsedBin = 245;     // 7656 Hz; the original gives bin 246 (7688 Hz) no weight
constexpr double kHighestHz = 7690.0; // upper foot of the last triangle
constexpr float kPreEmphasis = 0.97F; //
constexpr float kSampleScale = 32768; // samples as 16-bit integers
constexpr double kPowerFloor = 1.0;   // in units of those integers squared
constexpr int kFramesPerStopCheck = 512;

double mel(double hz) {
    return 1127.0 * std::log(1.0 + hz / 700.0);
}

/// Weight of a bin in a channel.
double melWeight(int bin, int channel) {
    const double spacing = mel(kHighestHz) / (kMelChannels + 1);
    const double centre = spacing * (channel + 1);
    return std::max(0.0, 1.0 - std::abs(centre - mel(bin * kBinHz)) / spacing);
}

[[noreturn]] void tooShort(std::int64_t samples, int rateHz) {
    throw Error(ErrorCode::BadMedia, "the recording is too short: " + std::to_string(samples) +
                                         " samples at " + std::to_string(rateHz) +
                                         " Hz; at least 25 ms are needed");
}

} // namespace

MelFraming melFraming(int sampleRateHz) {
    if (sampleRateHz == kWideRateHz) {
        return {.windowSamples = 400, .hopSamples = 160, .fftSize = 512};
    }
    if (sampleRateHz == kTelephoneRateHz) {
        return {.windowSamples = 200, .hopSamples = 80, .fftSize = 256};
    }
    throw Error(ErrorCode::BadMedia, "log-mel features need sound at 16000 or 8000 Hz, not " +
                                         std::to_string(sampleRateHz) + " Hz");
}

int melFrameCount(std::int64_t samples, int sampleRateHz) {
    const MelFraming framing = melFraming(sampleRateHz);
    if (samples < framing.windowSamples) {
        return 0;
    }
    const std::int64_t frames = (samples - framing.windowSamples) / framing.hopSamples + 1;
    if (frames > std::numeric_limits<int>::max()) {
        throw Error(ErrorCode::BadMedia,
                    "the recording is too long: " + std::to_string(frames) + " frames of 10 ms");
    }
    return static_cast<int>(frames);
}

int audioTokensOfClip(std::int64_t frames, int rateHz) {
    const std::int64_t samples = modelSamples(frames, rateHz);
    const int modelRate = rateHz == kTelephoneRateHz ? kTelephoneRateHz : kWideRateHz;
    const int melFrames = melFrameCount(samples, modelRate);
    if (melFrames == 0) {
        tooShort(samples, modelRate);
    }
    return audioTokenCount(melFrames);
}

std::vector<float> melFilterbank() {
    std::vector<float> matrix(static_cast<std::size_t>(kBins) * kMelChannels, 0.0F);
    for (int bin = kFirstUsedBin; bin <= kLastUsedBin; ++bin) {
        for (int channel = 0; channel < kMelChannels; ++channel) {
            matrix[static_cast<std::size_t>(bin) * kMelChannels +
                   static_cast<std::size_t>(channel)] = static_cast<float>(melWeight(bin, channel));
        }
    }
    return matrix;
}

LogMel::LogMel(int sampleRateHz)
    : m_framing(melFraming(sampleRateHz))
    , m_fft(m_framing.fftSize) {
    const int window = m_framing.windowSamples;
    for (int i = 0; i < window; ++i) {
        m_window.push_back(0.54 - 0.46 * std::cos(2.0 * std::numbers::pi * i / (window - 1)));
    }
    // At 8 kHz the bins from 4 kHz upwards stay empty, the Nyquist bin included.
    const int lastBin = std::min(kLastUsedBin, m_framing.fftSize / 2 - 1);
    m_channels.resize(kMelChannels);
    for (int channel = 0; channel < kMelChannels; ++channel) {
        MelChannel& triangle = m_channels[static_cast<std::size_t>(channel)];
        for (int bin = kFirstUsedBin; bin <= lastBin; ++bin) {
            const double weight = melWeight(bin, channel);
            if (weight > 0) {
                if (triangle.weights.empty()) {
                    triangle.firstBin = bin;
                }
                triangle.weights.push_back(weight);
            }
        }
    }
}

int LogMel::frameCount(std::int64_t samples) const {
    return melFrameCount(samples, m_framing.fftSize == 512 ? kWideRateHz : kTelephoneRateHz);
}

void LogMel::compute(std::span<const float> samples, int firstFrame, std::span<float> out) const {
    const auto frames = static_cast<int>(out.size() / kMelChannels);
    check(out.size() % kMelChannels == 0 && firstFrame >= 0 &&
              frames <= frameCount(static_cast<std::int64_t>(samples.size())) - firstFrame,
          "log-mel frames beyond the end of the sound");
    const auto window = static_cast<std::size_t>(m_framing.windowSamples);
    std::vector<double> windowed(window);
    std::vector<std::complex<double>> scratch(static_cast<std::size_t>(m_framing.fftSize) / 2);
    std::vector<double> power(static_cast<std::size_t>(m_framing.fftSize) / 2 + 1);
    for (int frame = 0; frame < frames; ++frame) {
        const std::size_t begin = static_cast<std::size_t>(firstFrame + frame) *
                                  static_cast<std::size_t>(m_framing.hopSamples);
        const std::span<const float> x = samples.subspan(begin, window);
        float previous = x[0];
        bool finite = true;
        for (std::size_t i = 0; i < window; ++i) {
            // In fp32, as the original's features were made.
            const float emphasised = (x[i] - kPreEmphasis * previous) * kSampleScale;
            previous = x[i];
            finite = finite && std::isfinite(emphasised);
            windowed[i] = static_cast<double>(emphasised) * m_window[i];
        }
        if (!finite) {
            throw Error(ErrorCode::BadMedia,
                        "the recording holds samples that are not finite numbers, near sample " +
                            std::to_string(begin));
        }
        m_fft.power(windowed, scratch, power);
        for (std::size_t channel = 0; channel < m_channels.size(); ++channel) {
            const MelChannel& triangle = m_channels[channel];
            double energy = 0;
            for (std::size_t k = 0; k < triangle.weights.size(); ++k) {
                energy +=
                    triangle.weights[k] * power[static_cast<std::size_t>(triangle.firstBin) + k];
            }
            out[static_cast<std::size_t>(frame) * kMelChannels + channel] =
                static_cast<float>(std::log(std::max(energy, kPowerFloor)));
        }
    }
}

MelFeatures logMel(const MonoSound& sound, const std::stop_token& stop) {
    const LogMel front(sound.sampleRateHz);
    const auto samples = static_cast<std::int64_t>(sound.samples.size());
    MelFeatures features;
    features.frames = front.frameCount(samples);
    if (features.frames == 0) {
        tooShort(samples, sound.sampleRateHz);
    }
    features.values.resize(static_cast<std::size_t>(features.frames) * kMelChannels);
    for (int frame = 0; frame < features.frames; frame += kFramesPerStopCheck) {
        if (stop.stop_requested()) {
            throw Error(ErrorCode::Cancelled, "computing audio features was stopped");
        }
        const int count = std::min(kFramesPerStopCheck, features.frames - frame);
        front.compute(sound.samples, frame,
                      std::span(features.values)
                          .subspan(static_cast<std::size_t>(frame) * kMelChannels,
                                   static_cast<std::size_t>(count) * kMelChannels));
    }
    return features;
}

} // namespace phial::preprocess
