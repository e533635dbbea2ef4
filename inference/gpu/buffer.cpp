// SPDX-License-Identifier: MIT
#include "inference/gpu/buffer.h"

#include "inference/gpu/buffer_impl.h"

namespace phial::gpu {

Buffer::Buffer() = default;

Buffer::Buffer(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}

Buffer::~Buffer() = default;
Buffer::Buffer(Buffer&&) noexcept = default;
Buffer& Buffer::operator=(Buffer&&) noexcept = default;

std::uint64_t Buffer::bytes() const {
    return m_impl == nullptr ? 0 : m_impl->bytes;
}

std::span<std::byte> Buffer::mapped() const {
    if (m_impl == nullptr || m_impl->range.block->mapped == nullptr) {
        return {};
    }
    return {m_impl->range.block->mapped + m_impl->range.offset, m_impl->bytes};
}

} // namespace phial::gpu
