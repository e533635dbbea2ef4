// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <cstdint>
#include <span>

namespace phial::reference {

enum class LinearActivation : std::uint8_t { None, Relu, Silu, Gelu, GeluTanh };

struct LinearExtras {
    std::span<const float> bias; ///< empty counts as zero
    LinearActivation activation = LinearActivation::None;
    float scale = 1;
    const Matrix* addTo = nullptr; ///< [T, N], null counts as zero
};

/// addTo + scale * activation(x weight^T + bias). x: [T, K], weight: [N, K]. fp64.
Matrix linear(const Matrix& x, const Matrix& weight, const LinearExtras& extras = {});

} // namespace phial::reference
