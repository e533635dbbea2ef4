// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <span>
#include <vector>

namespace phial::audio {

/// Ring of samples between exactly one writing thread and one reading thread. Wait-free on both
/// sides and without allocation after construction, so that an audio callback may write. What does
/// not fit is refused, never overwritten.
class SpscRing {
public:
    /// Holds at least `capacity` samples (rounded up to a power of two).
    explicit SpscRing(std::size_t capacity);

    /// Takes as many samples from the front of `samples` as fit and returns their number. Writing
    /// thread.
    std::size_t write(std::span<const float> samples) noexcept;

    /// Moves up to `out.size()` of the oldest samples into `out` and returns their number. Reading
    /// thread.
    std::size_t read(std::span<float> out) noexcept;

    std::size_t capacity() const noexcept { return m_samples.size(); }

private:
    std::vector<float> m_samples;
    std::size_t m_mask = 0;
    // Counters of all samples ever written and read; separate cache lines, since each is changed by
    // another thread.
    alignas(64) std::atomic<std::size_t> m_written{0};
    alignas(64) std::atomic<std::size_t> m_read{0};
};

} // namespace phial::audio
