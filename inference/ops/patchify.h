// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"

#include <cstdint>

namespace phial::ops {

/// Cuts an image into square patches in raster order. With s = patchSize, n = W / s and patch
/// p = py*n + px:
///   y[p, (c*s + r)*s + q] = pixels[c, py*s + r, px*s + q]
/// pixels: [C, H, W] F32, contiguous planes, H and W multiples of s; y: [(H/s)*(W/s), C*s*s] F32
/// or F16. N images are pixels [N, C, H, W] and y with N times the rows, image after image.
/// Records into s, does not submit.
/// Throws Error{Internal} on mismatched shapes or types.
/// The columns are ordered as the weights of embeddings.patch_embedding, which then is a linear
/// op.
void patchify(gpu::CommandStream& s, const TensorView& pixels, std::int64_t patchSize,
              const TensorView& y);

} // namespace phial::ops
