// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace phial::ops {

/// How keys and values lie in the cache. The coded forms are TurboQuant's: each head of each token
/// is rotated by signs and a Hadamard transform, and stored as codes and one binary16 scale.
enum class KvFormat : std::uint8_t {
    Plain, ///< F32 or F16, as they are
    K8V4,  ///< keys 8 bits linear, values 4 bits from the Lloyd-Max book
    Tq4,   ///< both 4 bits from the book
};

/// Elements of one token's rows in the cache: numbers where Plain, 32-bit words otherwise. Coded
/// heads have a power of two of columns, 32 to 256. A row of keys holds the code words of all
/// heads, then one word per head with two binary16 scales, the key's low and the value's high; a
/// row of values holds code words. 4-bit codes: column d is field d % 8 of word d / 8; 8-bit codes:
/// signed byte d % 4 of word d / 4.
constexpr std::int64_t keyRowElements(KvFormat format, std::int64_t kvHeads, std::int64_t headDim) {
    return format == KvFormat::Plain  ? kvHeads * headDim
           : format == KvFormat::K8V4 ? kvHeads * (headDim / 4 + 1)
                                      : kvHeads * (headDim / 8 + 1);
}

constexpr std::int64_t valueRowElements(KvFormat format, std::int64_t kvHeads,
                                        std::int64_t headDim) {
    return format == KvFormat::Plain ? kvHeads * headDim : kvHeads * headDim / 8;
}

/// Whether heads of this size can be coded.
constexpr bool canCode(std::int64_t headDim) {
    return headDim >= 32 && headDim <= 256 && (headDim & (headDim - 1)) == 0;
}

} // namespace phial::ops
