// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace phial::weights {

/// Element type of a tensor in a checkpoint file.
enum class StoredType : std::uint8_t { F32, F16, BF16, F64, I64, I32, I16, I8, U8, Bool };

constexpr std::int64_t storedTypeBytes(StoredType type) {
    switch (type) {
    case StoredType::F64:
    case StoredType::I64:
        return 8;
    case StoredType::F32:
    case StoredType::I32:
        return 4;
    case StoredType::F16:
    case StoredType::BF16:
    case StoredType::I16:
        return 2;
    case StoredType::I8:
    case StoredType::U8:
    case StoredType::Bool:
        return 1;
    }
    return 0;
}

/// The name used in safetensors headers: "F32", "BF16", "BOOL", ...
constexpr std::string_view storedTypeName(StoredType type) {
    switch (type) {
    case StoredType::F32:
        return "F32";
    case StoredType::F16:
        return "F16";
    case StoredType::BF16:
        return "BF16";
    case StoredType::F64:
        return "F64";
    case StoredType::I64:
        return "I64";
    case StoredType::I32:
        return "I32";
    case StoredType::I16:
        return "I16";
    case StoredType::I8:
        return "I8";
    case StoredType::U8:
        return "U8";
    case StoredType::Bool:
        return "BOOL";
    }
    return "?";
}

/// The type of that name, or nothing.
constexpr std::optional<StoredType> storedTypeFromName(std::string_view name) {
    for (const StoredType type :
         {StoredType::F32, StoredType::F16, StoredType::BF16, StoredType::F64, StoredType::I64,
          StoredType::I32, StoredType::I16, StoredType::I8, StoredType::U8, StoredType::Bool}) {
        if (storedTypeName(type) == name) {
            return type;
        }
    }
    return std::nullopt;
}

/// Whether weights of this type can be widened to fp32 without loss.
constexpr bool isWeightType(StoredType type) {
    return type == StoredType::F32 || type == StoredType::F16 || type == StoredType::BF16;
}

} // namespace phial::weights
