// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/gpu/device.h"

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace phial::gpu::test {

// Push constants of shaders/test.
struct AffineParams {
    std::uint32_t count;
    std::uint32_t shift;
};

struct ScaleParams {
    std::uint32_t count;
};

struct GarbleParams {
    std::uint32_t count;
    std::uint32_t steps;
};

inline BufferRange whole(const Buffer& buffer) {
    return {&buffer, 0, buffer.bytes()};
}

inline void write(const Buffer& buffer, std::span<const std::uint32_t> words) {
    std::memcpy(buffer.mapped().data(), words.data(), words.size_bytes());
}

inline std::vector<std::uint32_t> read(const Buffer& buffer) {
    std::vector<std::uint32_t> words(buffer.bytes() / 4);
    std::memcpy(words.data(), buffer.mapped().data(), words.size() * 4);
    return words;
}

/// y = factor * x + summand[0] + shift over `count` words.
inline void affine(CommandStream& s, std::uint32_t factor, BufferRange x, BufferRange y,
                   BufferRange summand, std::uint32_t count, std::uint32_t shift = 0) {
    const std::uint32_t constants[] = {32, factor};
    const Kernel& kernel = s.device().kernel(ShaderId::TestAffine, constants);
    s.dispatch("affine", kernel, AffineParams{count, shift}, {x, y, summand},
               {.x = groupCount(count, 32)}, {.flops = 2.0 * count, .bytes = 8.0 * count});
}

/// x = 3 x + 1, in place.
inline void scale(CommandStream& s, BufferRange x, std::uint32_t count) {
    s.dispatch("scale", s.device().kernel(ShaderId::TestScale), ScaleParams{count}, {x},
               {.x = groupCount(count, 64)}, {.flops = 2.0 * count, .bytes = 8.0 * count});
}

} // namespace phial::gpu::test
