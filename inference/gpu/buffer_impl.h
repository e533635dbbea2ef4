// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/buffer.h"
#include "inference/gpu/memory_pool.h"
#include "inference/gpu/vulkan_handle.h"

namespace phial::gpu {

struct Buffer::Impl {
    Impl(MemoryPool& from, MemoryPool::Range memory, BufferHandle buffer, std::uint64_t size)
        : pool(from)
        , range(memory)
        , handle(std::move(buffer))
        , bytes(size) {}

    ~Impl() {
        handle.reset();
        pool.release(range);
    }

    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    MemoryPool& pool;
    MemoryPool::Range range;
    BufferHandle handle;
    std::uint64_t bytes;
};

} // namespace phial::gpu
