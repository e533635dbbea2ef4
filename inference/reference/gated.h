// SPDX-License-Identifier: MIT
#pragma once

#include "inference/reference/matrix.h"

#include <cstdint>
#include <span>

namespace phial::reference {

/// Which half of the columns is the gate.
enum class GateHalf : std::uint8_t { First, Second };

/// columnScale * (value + valueBias) * silu(gate + gateBias) over the two halves of each row; empty
/// biases count as zero, an empty scale as one. fp64.
Matrix gated(const Matrix& x, GateHalf gateHalf, std::span<const float> valueBias = {},
             std::span<const float> gateBias = {}, std::span<const float> columnScale = {});

} // namespace phial::reference
