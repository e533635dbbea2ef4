// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace phial {

/// Element type of a tensor in device memory.
enum class DType : std::uint8_t { F32, F16, BF16, I32 };

constexpr std::int64_t bytesPerElement(DType type) {
    return type == DType::F32 || type == DType::I32 ? 4 : 2;
}

constexpr std::string_view dtypeName(DType type) {
    switch (type) {
    case DType::F32:
        return "f32";
    case DType::F16:
        return "f16";
    case DType::BF16:
        return "bf16";
    case DType::I32:
        return "i32";
    }
    return "?";
}

} // namespace phial
