// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"

namespace phial::ops {

/// Normalises log-mel frames: y[t,m] = (x[t,m] - mean[m]) * inverseStd[m]
/// x: [T, M] F32 (natural log of mel power); mean, inverseStd: [M] F32; y: [T, M] F32 or F16, may
/// be x itself when F32.
/// Records into s, does not submit.
/// Throws Error{Internal} on mismatched shapes or types.
/// Source: encoder_embedding.global_mean, global_invstd of the audio encoder, M = 80.
void normalizeMel(gpu::CommandStream& s, const TensorView& x, const TensorView& mean,
                  const TensorView& inverseStd, const TensorView& y);

} // namespace phial::ops
