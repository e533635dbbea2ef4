// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/line_sound.h"

#include "app/tasks/segmenter.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace phial::meetings {

LineSound::LineSound(tasks::SoundSource sound, std::vector<std::string> channels)
    : m_sound(std::move(sound))
    , m_channels(std::move(channels)) {}

bool LineSound::isShortEnough(const TranscriptSegment& line) const {
    return line.endSample - line.startSample <=
           static_cast<std::int64_t>(tasks::kLongestSegmentSeconds * m_sound.sampleRateHz);
}

std::optional<SpeechSegment> LineSound::of(const TranscriptSegment& line,
                                           const std::stop_token& stop) {
    const auto width = static_cast<std::int64_t>(m_sound.channels);
    const auto kept = [&] { return static_cast<std::int64_t>(m_kept.size()) / width; };
    std::vector<float> block;
    while (!stop.stop_requested() && m_keptFrom + kept() < line.endSample && m_sound.next(block)) {
        m_kept.insert(m_kept.end(), block.begin(), block.end());
        const std::int64_t before = std::min(line.startSample - m_keptFrom, kept());
        if (before > 0) {
            m_kept.erase(m_kept.begin(), m_kept.begin() + before * width);
            m_keptFrom += before;
        }
    }
    if (stop.stop_requested()) {
        return std::nullopt;
    }
    const auto named = std::find(m_channels.begin(), m_channels.end(), line.speaker);
    const bool separate =
        static_cast<std::int64_t>(m_channels.size()) == width && named != m_channels.end();
    const std::int64_t own = named - m_channels.begin();
    SpeechSegment heard;
    heard.startSample = line.startSample;
    heard.speechSamples = line.endSample - line.startSample;
    const std::int64_t end = std::min(line.endSample - m_keptFrom, kept());
    for (std::int64_t i = line.startSample - m_keptFrom; i < end; ++i) {
        const auto frame = m_kept.begin() + i * width;
        heard.samples.push_back(separate ? *(frame + own)
                                         : std::accumulate(frame, frame + width, 0.0F) /
                                               static_cast<float>(width));
    }
    return heard.samples.empty() ? std::nullopt : std::optional(std::move(heard));
}

} // namespace phial::meetings
