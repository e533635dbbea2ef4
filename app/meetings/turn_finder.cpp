// SPDX-License-Identifier: MIT
#include "app/meetings/turn_finder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace phial::meetings {
namespace {

constexpr double kStepSeconds = 0.03;
constexpr std::size_t kKeptSteps = 2200;       ///< 66 s: two of the longest segments
constexpr std::int64_t kLongestEchoSteps = 12; ///< way through sound system and room
/// Loudness of speech and of its echo rise and fall together; two people who talk over each other
/// reach about 0.3.
constexpr double kEchoLikeness = 0.8;
constexpr float kFloorDecibels = -70; ///< below, only noise differs

double likeness(const std::vector<float>& a, const std::vector<float>& b) {
    double meanA = 0;
    double meanB = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        meanA += static_cast<double>(a[i]);
        meanB += static_cast<double>(b[i]);
    }
    meanA /= static_cast<double>(a.size());
    meanB /= static_cast<double>(b.size());
    double both = 0;
    double squareA = 0;
    double squareB = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double x = static_cast<double>(a[i]) - meanA;
        const double y = static_cast<double>(b[i]) - meanB;
        both += x * y;
        squareA += x * x;
        squareB += y * y;
    }
    return squareA > 0 && squareB > 0 ? both / std::sqrt(squareA * squareB) : 0;
}

} // namespace

TurnFinder::TurnFinder(int sampleRateHz, int channels, Channels kind)
    : m_rateHz(sampleRateHz)
    , m_channels(channels)
    , m_step(static_cast<std::size_t>(kStepSeconds * sampleRateHz)) {
    const int separate = kind == Channels::Separate ? channels : 1;
    for (int i = 0; i < separate; ++i) {
        m_segmenters.emplace_back(sampleRateHz, makeSpectralVad(sampleRateHz));
    }
    m_loudness.resize(separate > 1 ? static_cast<std::size_t>(separate) : 0);
}

std::vector<SpeechTurn> TurnFinder::push(std::span<const float> interleaved) {
    // A second at a time: a turn must be judged while what it may echo is still remembered.
    const std::size_t most =
        static_cast<std::size_t>(m_rateHz) * static_cast<std::size_t>(m_channels);
    for (; !interleaved.empty();
         interleaved = interleaved.subspan(std::min(most, interleaved.size()))) {
        hear(interleaved.first(std::min(most, interleaved.size())));
    }
    return complete();
}

void TurnFinder::hear(std::span<const float> interleaved) {
    const auto width = static_cast<std::size_t>(m_channels);
    const std::size_t frames = interleaved.size() / width;
    m_mono.resize(frames);
    if (m_segmenters.size() == 1) {
        for (std::size_t i = 0; i < frames; ++i) {
            float sum = 0;
            for (std::size_t c = 0; c < width; ++c) {
                sum += interleaved[i * width + c];
            }
            m_mono[i] = sum / static_cast<float>(m_channels);
        }
        take(m_segmenters[0].push(m_mono), 0);
        return;
    }
    // All loudness first: a turn is compared with the channels behind it.
    for (std::size_t c = 0; c < width; ++c) {
        for (std::size_t i = 0; i < frames; ++i) {
            m_mono[i] = interleaved[i * width + c];
        }
        measure(m_loudness[c], m_mono);
    }
    for (std::size_t c = 0; c < width; ++c) {
        for (std::size_t i = 0; i < frames; ++i) {
            m_mono[i] = interleaved[i * width + c];
        }
        take(m_segmenters[c].push(m_mono), static_cast<int>(c));
    }
}

std::vector<SpeechTurn> TurnFinder::finish() {
    for (std::size_t c = 0; c < m_segmenters.size(); ++c) {
        take(m_segmenters[c].finish(), static_cast<int>(c));
    }
    m_ended = true;
    return complete();
}

std::int64_t TurnFinder::nextStartAtLeast() const {
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    if (!m_ended) {
        for (const SpeechSegmenter& segmenter : m_segmenters) {
            least = std::min(least, segmenter.nextStartAtLeast());
        }
    }
    return m_waiting.empty() ? least : std::min(least, m_waiting.front().speech.startSample);
}

void TurnFinder::take(std::vector<SpeechSegment> found, int channel) {
    for (SpeechSegment& segment : found) {
        SpeechTurn turn{.speech = std::move(segment), .channel = channel};
        if (isEcho(turn)) {
            continue;
        }
        const auto later = std::upper_bound(m_waiting.begin(), m_waiting.end(), turn,
                                            [](const SpeechTurn& a, const SpeechTurn& b) {
                                                return std::pair(a.speech.startSample, a.channel) <
                                                       std::pair(b.speech.startSample, b.channel);
                                            });
        m_waiting.insert(later, std::move(turn));
    }
}

/// Those that no turn of another channel can come before any more.
std::vector<SpeechTurn> TurnFinder::complete() {
    std::int64_t known = std::numeric_limits<std::int64_t>::max();
    if (!m_ended) {
        for (const SpeechSegmenter& segmenter : m_segmenters) {
            known = std::min(known, segmenter.nextStartAtLeast());
        }
    }
    std::vector<SpeechTurn> done;
    while (!m_waiting.empty() && m_waiting.front().speech.startSample <= known) {
        done.push_back(std::move(m_waiting.front()));
        m_waiting.pop_front();
    }
    return done;
}

void TurnFinder::measure(Loudness& loudness, std::span<const float> mono) const {
    loudness.rest.insert(loudness.rest.end(), mono.begin(), mono.end());
    std::size_t at = 0;
    for (; at + m_step <= loudness.rest.size(); at += m_step) {
        double sum = 0;
        for (std::size_t i = at; i < at + m_step; ++i) {
            sum += static_cast<double>(loudness.rest[i]) * static_cast<double>(loudness.rest[i]);
        }
        const double decibels = 10 * std::log10(sum / static_cast<double>(m_step) + 1e-12);
        loudness.decibels.push_back(std::max(static_cast<float>(decibels), kFloorDecibels));
    }
    loudness.rest.erase(loudness.rest.begin(),
                        loudness.rest.begin() + static_cast<std::ptrdiff_t>(at));
    while (loudness.decibels.size() > kKeptSteps) {
        loudness.decibels.pop_front();
        ++loudness.first;
    }
}

bool TurnFinder::isEcho(const SpeechTurn& turn) const {
    if (turn.channel != 0 || m_loudness.empty()) {
        return false;
    }
    const auto step = static_cast<std::int64_t>(m_step);
    const std::int64_t from = turn.speech.startSample / step;
    const std::int64_t to = from + static_cast<std::int64_t>(turn.speech.samples.size()) / step;
    const auto part = [&](const Loudness& loudness, std::int64_t shift) {
        std::vector<float> values;
        for (std::int64_t i = from - shift; i < to - shift; ++i) {
            const std::int64_t at = i - loudness.first;
            const bool known = at >= 0 && at < static_cast<std::int64_t>(loudness.decibels.size());
            values.push_back(known ? loudness.decibels[static_cast<std::size_t>(at)]
                                   : kFloorDecibels);
        }
        return values;
    };
    const std::vector<float> own = part(m_loudness[0], 0);
    if (own.size() < 2) {
        return false;
    }
    for (std::size_t c = 1; c < m_loudness.size(); ++c) {
        for (std::int64_t shift = 0; shift <= kLongestEchoSteps; ++shift) {
            if (likeness(own, part(m_loudness[c], shift)) >= kEchoLikeness) {
                return true;
            }
        }
    }
    return false;
}

} // namespace phial::meetings
