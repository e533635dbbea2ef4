// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/speech_clip.h"

#include <cstdint>
#include <utility>

namespace phial::meetings {
namespace {

constexpr std::int64_t kListenSeconds = 60;

} // namespace

SpeechClip::SpeechClip(tasks::SoundSource sound)
    : m_sound(std::move(sound))
    , m_finder(m_sound.sampleRateHz, m_sound.channels, Channels::Mixed)
    , m_clip(std::make_shared<AudioClip>()) {
    m_clip->sampleRateHz = m_sound.sampleRateHz;
}

bool SpeechClip::listen(const std::stop_token& stop) {
    std::int64_t left = kListenSeconds * m_sound.sampleRateHz * m_sound.channels;
    while (left > 0 && !m_atEnd && !stop.stop_requested()) {
        if (!m_sound.next(m_block)) {
            add(m_finder.finish());
            m_atEnd = true;
            break;
        }
        left -= static_cast<std::int64_t>(m_block.size());
        add(m_finder.push(m_block));
    }
    return !m_atEnd;
}

void SpeechClip::add(const std::vector<SpeechTurn>& turns) {
    for (const SpeechTurn& turn : turns) {
        m_clip->samples.insert(m_clip->samples.end(), turn.speech.samples.begin(),
                               turn.speech.samples.end());
    }
}

double SpeechClip::speechSeconds() const {
    return static_cast<double>(m_clip->samples.size()) / m_sound.sampleRateHz;
}

} // namespace phial::meetings
