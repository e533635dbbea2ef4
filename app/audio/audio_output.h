// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <string>

namespace phial::audio {

/// Gives sound on the sound system's thread. Implementations only copy: no allocation, lock, log or
/// exception. All of `out` is filled.
class FrameFiller {
public:
    virtual void fill(std::span<float> out) noexcept = 0;

protected:
    ~FrameFiller() = default;
};

/// Running loudspeakers. The destructor ends it; afterwards the filler is not called any more.
class OutputStream {
public:
    virtual ~OutputStream() = default;
};

struct OutputResult {
    std::unique_ptr<OutputStream> stream; ///< null: see `reason`
    std::string reason;                   ///< one sentence for people
};

/// The loudspeakers of the sound system. All calls from one thread; no exceptions leave it.
class AudioOutput {
public:
    virtual ~AudioOutput() = default;

    /// Rate to use when another one cannot be opened.
    virtual int nativeRateHz() = 0;

    /// Opens the default output with one channel and starts it. `filler` must outlive the stream.
    virtual OutputResult open(int rateHz, FrameFiller& filler) = 0;
};

} // namespace phial::audio
