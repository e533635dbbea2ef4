// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/speech_segmenter.h"
#include "app/meetings/transcript.h"
#include "app/tasks/task.h"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace phial::meetings {

/// The sound of single lines of a transcript, read once from the beginning of the recording, with
/// no more in memory than lines that overlap need. One thread.
class LineSound {
public:
    /// `channels`: who is on which channel; empty = all channels are mixed.
    LineSound(tasks::SoundSource sound, std::vector<std::string> channels);

    int sampleRateHz() const { return m_sound.sampleRateHz; }

    /// Whether the model takes a line in one piece: one that was merged may be too long.
    bool isShortEnough(const TranscriptSegment& line) const;

    /// Lines must be asked for in order of their beginnings. Nothing when the recording ends before
    /// the line, or when it was stopped. Throws Error when the sound cannot be read.
    std::optional<SpeechSegment> of(const TranscriptSegment& line, const std::stop_token& stop);

private:
    tasks::SoundSource m_sound;
    std::vector<std::string> m_channels;
    std::vector<float> m_kept;   ///< read and perhaps still needed, interleaved
    std::int64_t m_keptFrom = 0; ///< its first frame
};

} // namespace phial::meetings
