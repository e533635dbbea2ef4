// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>

namespace phial::meetings {

/// Tells speech from everything else, frame by frame. Keeps state between frames, so one instance
/// hears one recording. One thread at a time.
class Vad {
public:
    virtual ~Vad() = default;

    /// Samples in a frame: 30 ms at the rate the detector was made for.
    virtual int frameSamples() const = 0;

    /// Probability in [0, 1] that the next frame is speech. `frame`: frameSamples() samples, mono.
    virtual float feed(std::span<const float> frame) = 0;

    /// Whether the last frame was loud and had a pitch, but one that was held like a note or a
    /// beep. Speech has few such frames, music has almost only those.
    virtual bool wasHeldTone() const = 0;
};

/// Detector without a model: loudness above an adaptive floor in 16 bands, periodicity with the
/// pitch of a voice, and movement of that pitch. Whispering, which has no pitch, is not recognized.
/// `sampleRateHz` >= 8000. Throws Error{BadMedia} below.
std::unique_ptr<Vad> makeSpectralVad(int sampleRateHz);

} // namespace phial::meetings
