// SPDX-License-Identifier: MIT
#pragma once

#include "inference/preprocess/media.h"

#include <memory>
#include <span>
#include <vector>

namespace phial::tasks {

/// A piece of a recording that the model can take at once.
struct Segment {
    double startSeconds = 0; ///< in the recording, counted in samples
    AudioClip clip;          ///< mono, samples unchanged
};

/// Longest piece: transcription was trained on at most 30 s.
inline constexpr double kLongestSegmentSeconds = 30;

/// Cuts a recording of any length into segments while it is read; memory stays bounded. Every
/// sample comes out exactly once and in order. One thread.
class Segmenter {
public:
    virtual ~Segmenter() = default;

    /// Takes the next samples and returns the segments that they complete.
    virtual std::vector<Segment> push(std::span<const float> mono) = 0;

    /// The rest, after the last push().
    virtual std::vector<Segment> finish() = 0;
};

/// Cuts at the quietest place in the second half of the longest allowed length, so between words
/// where the speaker lets it.
std::unique_ptr<Segmenter> makeEnergySegmenter(int sampleRateHz);

/// Whether anything but silence is in it: some 30 ms are louder than -60 dBFS, and it is long
/// enough to hold a syllable. What is silent must not go to the model, which would make up words.
bool holdsSound(std::span<const float> mono, int sampleRateHz);

} // namespace phial::tasks
