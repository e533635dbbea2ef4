// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace phial::gpu {

/// What a buffer is for; the allocator picks the memory type.
enum class Memory {
    Device,   ///< read and written by shaders; mapped only where all memory is host-visible (see
              ///< mapped())
    Upload,   ///< written by the host, read by shaders or copies; always mapped, coherent
    Readback, ///< written by copies, read by the host; always mapped, cached, coherent
};

/// A range of device memory. Move-only; frees its range on destruction. The destructor must run
/// after all submitted work that uses it has been waited for (CommandStream and Device::~Device
/// wait).
class Buffer {
public:
    struct Impl; ///< defined inside inference/gpu

    Buffer();
    explicit Buffer(std::unique_ptr<Impl> impl);
    ~Buffer();
    Buffer(Buffer&&) noexcept;
    Buffer& operator=(Buffer&&) noexcept;

    bool valid() const { return m_impl != nullptr; }

    std::uint64_t bytes() const;

    /// Host view of the memory; empty when it is not host-visible.
    std::span<std::byte> mapped() const;

    Impl& impl() const { return *m_impl; }

private:
    std::unique_ptr<Impl> m_impl;
};

/// A byte range of a buffer. Borrowed: the buffer outlives it. As a shader binding, `offset` is a
/// multiple of DeviceInfo::storageOffsetAlignment and `bytes` at most maxStorageBufferRange.
struct BufferRange {
    const Buffer* buffer = nullptr;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
};

} // namespace phial::gpu
