// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/vad.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

namespace phial::meetings {

/// Lengths in frames of 30 ms.
struct SegmentRules {
    float onProbability = 0.5F;
    float offProbability = 0.3F;
    int onsetFrames = 2;
    int prefillFrames = 15;    ///< kept before the onset: soft first consonants
    int tailFrames = 15;       ///< kept after the last speech: soft last ones
    int joinFrames = 35;       ///< a shorter pause (about 1 s) does not end a segment
    int longestFrames = 1000;  ///< 30 s, the most that transcription was trained on
    int leastSpeechFrames = 4; ///< less is a click or a cough
    /// Share of held tones among the voiced frames; more is music. Measured: speech of 20 voices up
    /// to 0.29 (smooth ones, in sentences without a stop), notes of 0.3 s and more from 0.54 on.
    double mostHeldTones = 0.4;
};

/// A stretch of a recording that holds speech. Times are on the sample clock.
struct SpeechSegment {
    std::int64_t startSample = 0;
    std::vector<float> samples;     ///< mono, unchanged
    std::int64_t speechSamples = 0; ///< of them judged to be speech, pauses excluded
};

/// Takes a recording of any length and gives the stretches with speech, at most 30 s each, cut at
/// pauses. Memory stays below about 35 s of sound. Segments do not overlap and come in order. One
/// thread.
class SpeechSegmenter {
public:
    SpeechSegmenter(int sampleRateHz, std::unique_ptr<Vad> vad, SegmentRules rules = {});

    /// Takes the next samples and returns the segments that they complete.
    std::vector<SpeechSegment> push(std::span<const float> mono);

    /// The rest, after the last push().
    std::vector<SpeechSegment> finish();

    /// Everything before this was judged; for the progress of long stretches without speech.
    std::int64_t judgedSamples() const;

    /// No segment that is still to come begins before this.
    std::int64_t nextStartAtLeast() const;

    int sampleRateHz() const { return m_rateHz; }

private:
    struct Frame {
        float probability = 0;
        float energy = 0;
        bool speech = false; ///< after hysteresis
        bool heldTone = false;
    };

    void judge(std::vector<SpeechSegment>& done);
    void cutLong(std::vector<SpeechSegment>& done);
    void close(std::int64_t endFrame, std::vector<SpeechSegment>& done);
    void forget(std::int64_t beforeFrame);
    Frame& frame(std::int64_t number);
    std::int64_t endFrame() const;

    int m_rateHz;
    std::unique_ptr<Vad> m_vad;
    SegmentRules m_rules;
    std::int64_t m_frameSamples;
    std::vector<float> m_samples; ///< from frame m_firstFrame on
    std::deque<Frame> m_frames;   ///< judged ones, from frame m_firstFrame on
    std::int64_t m_firstFrame = 0;
    std::int64_t m_segmentStart = -1; ///< first frame of the open segment; -1 = none
    std::int64_t m_lastSpeech = -1;   ///< last frame of speech in it
    std::int64_t m_lastEnd = 0;       ///< frames before this were given away
    int m_above = 0;                  ///< frames in a row above the onset probability
    bool m_speaking = false;
    int m_below = 0;
};

} // namespace phial::meetings
