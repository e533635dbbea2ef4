// SPDX-License-Identifier: MIT
#include "app/meetings/speech_segmenter.h"

#include <algorithm>
#include <utility>

namespace phial::meetings {
namespace {

constexpr std::int64_t kCutWindow = 10; ///< 300 ms, a pause between words

float energyOf(std::span<const float> samples) {
    double sum = 0;
    for (const float sample : samples) {
        sum += static_cast<double>(sample) * static_cast<double>(sample);
    }
    return static_cast<float>(sum);
}

} // namespace

SpeechSegmenter::SpeechSegmenter(int sampleRateHz, std::unique_ptr<Vad> vad, SegmentRules rules)
    : m_rateHz(sampleRateHz)
    , m_vad(std::move(vad))
    , m_rules(rules)
    , m_frameSamples(m_vad->frameSamples()) {}

SpeechSegmenter::Frame& SpeechSegmenter::frame(std::int64_t number) {
    return m_frames[static_cast<std::size_t>(number - m_firstFrame)];
}

std::int64_t SpeechSegmenter::endFrame() const {
    return m_firstFrame + static_cast<std::int64_t>(m_frames.size());
}

std::int64_t SpeechSegmenter::judgedSamples() const {
    return endFrame() * m_frameSamples;
}

std::int64_t SpeechSegmenter::nextStartAtLeast() const {
    const std::int64_t frames =
        m_segmentStart >= 0 ? m_segmentStart
                            : std::max({m_lastEnd, std::int64_t{0},
                                        endFrame() - m_rules.prefillFrames - m_rules.onsetFrames});
    return frames * m_frameSamples;
}

std::vector<SpeechSegment> SpeechSegmenter::push(std::span<const float> mono) {
    std::vector<SpeechSegment> done;
    // In pieces, so that an hour given at once does not lie in memory twice.
    while (!mono.empty()) {
        const std::size_t count = std::min(mono.size(), static_cast<std::size_t>(m_rateHz));
        m_samples.insert(m_samples.end(), mono.begin(),
                         mono.begin() + static_cast<std::ptrdiff_t>(count));
        mono = mono.subspan(count);
        judge(done);
    }
    return done;
}

void SpeechSegmenter::judge(std::vector<SpeechSegment>& done) {
    const auto size = static_cast<std::size_t>(m_frameSamples);
    while ((m_frames.size() + 1) * size <= m_samples.size()) {
        const auto samples = std::span(m_samples).subspan(m_frames.size() * size, size);
        Frame now;
        now.probability = m_vad->feed(samples);
        now.heldTone = m_vad->wasHeldTone();
        now.energy = energyOf(samples);
        const std::int64_t number = endFrame();
        m_frames.push_back(now);

        m_above = now.probability >= m_rules.onProbability ? m_above + 1 : 0;
        m_below = now.probability < m_rules.offProbability ? m_below + 1 : 0;
        if (!m_speaking && m_above >= m_rules.onsetFrames) {
            m_speaking = true;
            for (std::int64_t i = number - m_above + 1; i < number; ++i) {
                frame(i).speech = true;
            }
            if (m_segmentStart < 0) {
                m_segmentStart = std::max(number - m_above + 1 - m_rules.prefillFrames,
                                          std::max(m_lastEnd, m_firstFrame));
            }
        }
        m_speaking = m_speaking && m_below < m_rules.tailFrames;
        if (m_speaking && now.probability >= m_rules.offProbability) {
            frame(number).speech = true;
            m_lastSpeech = number;
        }
        if (m_segmentStart >= 0) {
            if (number - m_lastSpeech >= m_rules.joinFrames) {
                close(std::min(m_lastSpeech + 1 + m_rules.tailFrames, endFrame()), done);
                m_segmentStart = -1;
            } else if (endFrame() - m_segmentStart >= m_rules.longestFrames) {
                cutLong(done);
            }
        }
        if (m_segmentStart < 0) {
            forget(endFrame() - m_rules.prefillFrames - m_rules.onsetFrames);
        }
    }
}

/// Cuts the open segment at the quietest place of its second half; the rest stays open.
void SpeechSegmenter::cutLong(std::vector<SpeechSegment>& done) {
    const std::int64_t from = m_segmentStart + m_rules.longestFrames / 2;
    const std::int64_t to = m_segmentStart + m_rules.longestFrames - kCutWindow;
    std::int64_t best = m_segmentStart + m_rules.longestFrames;
    double least = -1;
    for (std::int64_t at = from; at <= to; ++at) {
        double here = 0;
        for (std::int64_t i = at; i < at + kCutWindow; ++i) {
            here += static_cast<double>(frame(i).energy);
        }
        if (least < 0 || here <= least) {
            least = here;
            best = at + kCutWindow / 2;
        }
    }
    const std::int64_t lastSpeech = m_lastSpeech;
    close(best, done);
    m_segmentStart = best;
    m_lastSpeech = std::max(lastSpeech, best);
    forget(best);
}

void SpeechSegmenter::close(std::int64_t end, std::vector<SpeechSegment>& done) {
    std::int64_t speech = 0;
    std::int64_t sure = 0;
    std::int64_t held = 0;
    for (std::int64_t i = m_segmentStart; i < end; ++i) {
        speech += frame(i).speech ? 1 : 0;
        held += frame(i).heldTone ? 1 : 0;
        sure += frame(i).probability >= m_rules.onProbability ? 1 : 0;
    }
    m_lastEnd = end;
    const bool music =
        static_cast<double>(held) > m_rules.mostHeldTones * static_cast<double>(held + sure);
    if (sure < m_rules.leastSpeechFrames || music) {
        return;
    }
    const std::int64_t first = (m_segmentStart - m_firstFrame) * m_frameSamples;
    const std::int64_t last = (end - m_firstFrame) * m_frameSamples;
    SpeechSegment segment;
    segment.startSample = m_segmentStart * m_frameSamples;
    segment.samples.assign(m_samples.begin() + first, m_samples.begin() + last);
    segment.speechSamples = speech * m_frameSamples;
    done.push_back(std::move(segment));
}

void SpeechSegmenter::forget(std::int64_t beforeFrame) {
    const std::int64_t count = beforeFrame - m_firstFrame;
    // Not one frame at a time: moving the rest down costs the same for many.
    constexpr std::int64_t kAtLeast = 64;
    if (count < kAtLeast) {
        return;
    }
    m_samples.erase(m_samples.begin(), m_samples.begin() + count * m_frameSamples);
    m_frames.erase(m_frames.begin(), m_frames.begin() + count);
    m_firstFrame = beforeFrame;
}

std::vector<SpeechSegment> SpeechSegmenter::finish() {
    std::vector<SpeechSegment> done;
    if (m_segmentStart >= 0) {
        close(std::min(m_lastSpeech + 1 + m_rules.tailFrames, endFrame()), done);
        m_segmentStart = -1;
    }
    return done;
}

} // namespace phial::meetings
