// SPDX-License-Identifier: MIT
#include "app/audio/spsc_ring.h"

#include <algorithm>
#include <bit>

namespace phial::audio {

SpscRing::SpscRing(std::size_t capacity)
    : m_samples(std::bit_ceil(std::max<std::size_t>(capacity, 2)))
    , m_mask(m_samples.size() - 1) {}

std::size_t SpscRing::write(std::span<const float> samples) noexcept {
    const std::size_t written = m_written.load(std::memory_order_relaxed);
    const std::size_t room = m_samples.size() - (written - m_read.load(std::memory_order_acquire));
    const std::size_t count = std::min(room, samples.size());
    const std::size_t start = written & m_mask;
    const std::size_t first = std::min(count, m_samples.size() - start);
    std::copy_n(samples.data(), first, m_samples.data() + start);
    std::copy_n(samples.data() + first, count - first, m_samples.data());
    m_written.store(written + count, std::memory_order_release);
    return count;
}

std::size_t SpscRing::read(std::span<float> out) noexcept {
    const std::size_t consumed = m_read.load(std::memory_order_relaxed);
    const std::size_t ready = m_written.load(std::memory_order_acquire) - consumed;
    const std::size_t count = std::min(ready, out.size());
    const std::size_t start = consumed & m_mask;
    const std::size_t first = std::min(count, m_samples.size() - start);
    std::copy_n(m_samples.data() + start, first, out.data());
    std::copy_n(m_samples.data(), count - first, out.data() + first);
    m_read.store(consumed + count, std::memory_order_release);
    return count;
}

} // namespace phial::audio
