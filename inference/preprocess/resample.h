// SPDX-License-Identifier: MIT
#pragma once

#include "inference/preprocess/media.h"

#include <cstdint>
#include <stop_token>
#include <vector>

namespace phial::preprocess {

inline constexpr int kWideRateHz = 16000;      ///< the rate the model was trained on
inline constexpr int kTelephoneRateHz = 8000;  ///< the model's own path for telephone sound
inline constexpr int kLargestRateHz = 1000000; ///< above this a file's header is broken

/// Sound as the log-mel front end takes it: one channel, 16000 or 8000 Hz, samples in [-1, 1).
struct MonoSound {
    std::vector<float> samples;
    int sampleRateHz = kWideRateHz;
};

/// Number of samples that `frames` frames at `rateHz` become in toModelRate(): round(frames * 16000
/// / rateHz), halves upwards; unchanged at 16000 and 8000 Hz.
std::int64_t modelSamples(std::int64_t frames, int rateHz);

/// Mean of the channels, then 16 kHz by a band-limited sinc interpolator without delay: sample i of
/// the result lies at time i / 16000 s of the clip. Mono 16 kHz sound is moved through untouched; 8
/// kHz sound stays at 8 kHz. Takes the clip by value so that its memory is released early; needs no
/// second copy at the old rate. Before its first sample the clip counts as mirrored, after its last
/// as silent. Takes 0.07 s of processor time per minute of sound (48 and 44.1 kHz, one x86-64
/// core, 2026-11); `stop` is looked at between blocks of 0.2 s. Throws
/// Error{BadMedia}: rate below 8000 or absurd, no channel, a torn last frame, a sample that is not
/// a finite number. Error{Cancelled}. Any thread. Source: specification of the model, section 7.1
/// (with a true resampler instead of integer decimation).
MonoSound toModelRate(AudioClip clip, const std::stop_token& stop = {});

} // namespace phial::preprocess
