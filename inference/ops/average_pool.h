// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"

#include <cstdint>

namespace phial::ops {

/// Mean over 2x2 blocks of a square grid of rows, raster order, g = grid:
///   y[Y*(g/2) + X, d] = (x[2Y*g + 2X, d]     + x[2Y*g + 2X+1, d] +
///                        x[(2Y+1)*g + 2X, d] + x[(2Y+1)*g + 2X+1, d]) / 4
/// x: [g*g, D], y: [(g/2)*(g/2), D], each F32 or F16; g even; must not overlap. N grids, one behind
/// the other, are N times the rows of both.
/// Records into s, does not submit; sums in fp32.
/// Throws Error{Internal} on mismatched shapes or types.
/// Used behind the image tower: 32 x 32 patches become 16 x 16 features.
void averagePool(gpu::CommandStream& s, const TensorView& x, std::int64_t grid,
                 const TensorView& y);

} // namespace phial::ops
