// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/speech_segmenter.h"

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace phial::meetings {

/// Somebody speaks on one channel.
struct SpeechTurn {
    SpeechSegment speech;
    int channel = 0;
};

enum class Channels {
    Mixed,    ///< one room: all channels together are one
    Separate, ///< other people on each, as "me" and "others" of a call
};

/// Finds who speaks when in a recording of several channels. Turns come in order of their
/// beginnings; on different channels they may overlap. What the microphone (channel 0) only picks
/// up from the loudspeakers (the other channels) is no turn. Memory stays below about 65 s of sound
/// a channel. One thread.
class TurnFinder {
public:
    TurnFinder(int sampleRateHz, int channels, Channels kind);

    /// Takes the next frames, channels interleaved, and returns the turns that are complete.
    std::vector<SpeechTurn> push(std::span<const float> interleaved);

    /// The rest, after the last push().
    std::vector<SpeechTurn> finish();

    /// No turn that is still to come begins before this sample.
    std::int64_t nextStartAtLeast() const;

private:
    /// Loudness of a channel over the last minute, in steps of the detector's frames.
    struct Loudness {
        std::deque<float> decibels;
        std::int64_t first = 0; ///< number of the first step that is kept
        std::vector<float> rest;
    };

    void take(std::vector<SpeechSegment> found, int channel);
    void hear(std::span<const float> interleaved);
    std::vector<SpeechTurn> complete();
    void measure(Loudness& loudness, std::span<const float> mono) const;
    bool isEcho(const SpeechTurn& turn) const;

    int m_rateHz;
    int m_channels;
    std::vector<SpeechSegmenter> m_segmenters;
    std::vector<Loudness> m_loudness; ///< empty when channels are mixed
    std::size_t m_step;               ///< samples
    std::deque<SpeechTurn> m_waiting; ///< in order
    std::vector<float> m_mono;        ///< scratch
    bool m_ended = false;
};

} // namespace phial::meetings
