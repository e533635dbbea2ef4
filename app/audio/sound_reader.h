// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

namespace phial::audio {

/// Recorded sound that can be read from any place on. One thread.
class SoundReader {
public:
    virtual ~SoundReader() = default;

    virtual int rateHz() const = 0;
    virtual int channels() const = 0;

    /// The next read() begins at this frame. Throws as read().
    virtual void seek(std::int64_t frame) = 0;

    /// Replaces `block` by the next frames (interleaved); false at the end. Throws Error when the
    /// sound cannot be read.
    virtual bool read(std::vector<float>& block) = 0;
};

} // namespace phial::audio
