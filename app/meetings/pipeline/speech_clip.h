// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/turn_finder.h"
#include "app/tasks/requests.h"
#include "app/tasks/task.h"

#include <memory>
#include <stop_token>
#include <vector>

namespace phial::meetings {

/// Gathers the speech of a recording into one clip, for questions about all of it: what holds no
/// speech never reaches the model and takes no room in its context. In memory is only what was
/// gathered. One thread.
class SpeechClip {
public:
    explicit SpeechClip(tasks::SoundSource sound);

    /// Expected length of the whole recording; 0 = not known.
    double recordingSeconds() const { return m_sound.seconds; }

    /// Listens to about a minute of the recording, less when a stop was requested; false at its
    /// end. Throws Error when the sound cannot be read.
    bool listen(const std::stop_token& stop);

    double speechSeconds() const;

    /// All that was gathered, mono.
    tasks::Clip clip() const { return m_clip; }

private:
    void add(const std::vector<SpeechTurn>& turns);

    tasks::SoundSource m_sound;
    TurnFinder m_finder;
    std::shared_ptr<AudioClip> m_clip;
    std::vector<float> m_block; ///< scratch
    bool m_atEnd = false;
};

} // namespace phial::meetings
