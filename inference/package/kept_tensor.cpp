// SPDX-License-Identifier: MIT
#include "inference/package/kept_tensor.h"

#include "inference/base/error.h"
#include "inference/base/half.h"

#include <cstring>
#include <string>

namespace phial::package {

void checkFinite(const weights::TensorEntry& entry, std::int64_t first,
                 std::span<const std::byte> bytes) {
    // Infinities and NaN have all bits of the exponent set.
    const auto look = [&]<class T>(T exponent) {
        for (std::size_t k = 0; k < bytes.size() / sizeof(T); ++k) {
            T value;
            std::memcpy(&value, bytes.data() + k * sizeof(T), sizeof(T));
            if ((value & exponent) == exponent) {
                throw Error(ErrorCode::BadCheckpoint,
                            "the tensor " + entry.name + " holds NaN or an infinity at element " +
                                std::to_string(first + static_cast<std::int64_t>(k)) +
                                "; the file is damaged");
            }
        }
    };
    if (entry.type() == weights::StoredType::F32) {
        look(std::uint32_t{0x7f800000U});
    } else {
        look(static_cast<std::uint16_t>(entry.type() == weights::StoredType::BF16 ? 0x7f80U
                                                                                  : 0x7c00U));
    }
}

void scaleColumns(const weights::TensorEntry& entry, std::int64_t first, std::span<std::byte> bytes,
                  std::span<const float> factor) {
    const std::int64_t columns = entry.rowElements();
    const auto apply = [&]<class T>(T, auto widen, auto narrow) {
        for (std::size_t k = 0; k < bytes.size() / sizeof(T); ++k) {
            T value;
            std::memcpy(&value, bytes.data() + k * sizeof(T), sizeof(T));
            const auto column =
                static_cast<std::size_t>((first + static_cast<std::int64_t>(k)) % columns);
            value = narrow(widen(value) * factor[column]);
            std::memcpy(bytes.data() + k * sizeof(T), &value, sizeof(T));
        }
    };
    if (entry.type() == weights::StoredType::F32) {
        apply(
            float{}, [](float v) { return v; }, [](float v) { return v; });
    } else if (entry.type() == weights::StoredType::BF16) {
        apply(std::uint16_t{}, bf16ToFloat, floatToBf16);
    } else {
        apply(std::uint16_t{}, halfToFloat, floatToHalf);
    }
}

} // namespace phial::package
