// SPDX-License-Identifier: MIT
#pragma once

#include "inference/preprocess/resample.h"
#include "inference/preprocess/spectrum.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace phial::preprocess {

inline constexpr int kMelChannels = 80;
inline constexpr int kFramesPerAudioToken = 8; ///< three halvings in the audio encoder

/// Window and hop of the two rates.
struct MelFraming {
    int windowSamples = 400; ///< 25 ms
    int hopSamples = 160;    ///< 10 ms
    int fftSize = 512;
};

/// Framing of 16000 or 8000 Hz. Throws Error{BadMedia} for any other rate.
MelFraming melFraming(int sampleRateHz);

/// floor((samples - window) / hop) + 1 frames; the remainder is dropped; 0 below one window. Throws
/// Error{BadMedia} for another rate or more frames than an int holds.
int melFrameCount(std::int64_t samples, int sampleRateHz);

/// Tokens that the audio encoder makes of `frames` log-mel frames: ceil(frames / 8).
constexpr int audioTokenCount(int frames) {
    return frames / kFramesPerAudioToken + (frames % kFramesPerAudioToken != 0 ? 1 : 0);
}

/// Tokens of a whole clip as decoded (before toModelRate). Throws like toModelRate() for an
/// impossible rate and Error{BadMedia} when the clip is shorter than one window (25 ms).
int audioTokensOfClip(std::int64_t frames, int rateHz);

/// The mel matrix, [257 bins of 31.25 Hz, 80 channels] row-major: triangles of height 1, equally
/// spaced in mel between 0 and mel(7690 Hz), bins 1..245 only. For tests and display; LogMel keeps
/// it sparse.
std::vector<float> melFilterbank();

/// Log-mel features of the model. Per frame: pre-emphasis 0.97 inside the frame (the first sample
/// is its own predecessor), times 32768, Hamming window, power spectrum, mel matrix, ln(max(., 1)).
/// Not normalised: the encoder's global mean and deviation come later, on the device. Const after
/// construction: any number of threads may compute disjoint frames. Source: specification of the
/// model, section 7.1.
class LogMel {
public:
    /// 16000 or 8000. Throws Error{BadMedia} for any other rate.
    explicit LogMel(int sampleRateHz);

    int frameCount(std::int64_t samples) const;

    /// Frames [firstFrame, firstFrame + out.size() / 80) of the sound `samples` into `out`,
    /// [frames, 80] row-major, straight from the samples: nothing is copied or kept, so an hour can
    /// be taken piece by piece. Throws Error{BadMedia} for samples that are not finite numbers or
    /// absurdly loud; Error{Internal} for frames beyond the end.
    void compute(std::span<const float> samples, int firstFrame, std::span<float> out) const;

private:
    struct MelChannel {
        int firstBin = 0;
        std::vector<double> weights; ///< of bins firstBin, firstBin + 1, ...
    };

    MelFraming m_framing;
    RealFft m_fft;
    std::vector<double> m_window;       ///< [windowSamples] Hamming, symmetric
    std::vector<MelChannel> m_channels; ///< 80
};

/// All frames of a sound, [frames, 80] row-major.
struct MelFeatures {
    std::vector<float> values;
    int frames = 0;
};

/// Everything at once. Throws Error{BadMedia} as above and when the sound is shorter than one
/// window; Error{Cancelled}.
MelFeatures logMel(const MonoSound& sound, const std::stop_token& stop = {});

} // namespace phial::preprocess
