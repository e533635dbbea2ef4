// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace phial::documents {

/// What has to happen before a decoded frame is given out, in samples.
struct Placement {
    std::int64_t silence = 0; ///< the file has no sound for so long
    std::int64_t skip = 0;    ///< so much of it was given out already
};

/// Keeps decoded sound on the clock of its file. A track may begin later than the video, have holes
/// where nothing was recorded, or run slower than its rate says; without this every time behind
/// such a place would be wrong. Impossible stamps (a clock that starts again, a jump far behind the
/// end) are followed without a hole. Counts in samples; no state but numbers.
class SampleTimeline {
public:
    /// Stamps are rounded to milliseconds in some formats and jump about by a packet in others.
    static constexpr double kToleranceSeconds = 0.06;

    /// `lengthSeconds`: as the file claims; 0 = it does not say.
    SampleTimeline(int rateHz, double lengthSeconds);

    /// The next frame of `count` samples is stamped with sample number `stamp`.
    Placement place(std::int64_t stamp, std::int64_t count);

    /// So many samples were given out, silence included.
    void advance(std::int64_t count) { m_next += count; }

    /// Number of the sample that is given out next.
    std::int64_t next() const { return m_next; }

private:
    int m_rateHz;
    std::int64_t m_longest; ///< no stamp can be behind this; 0 = not known
    std::int64_t m_next = 0;
    std::int64_t m_shift = 0; ///< added to stamps after an impossible one
};

} // namespace phial::documents
