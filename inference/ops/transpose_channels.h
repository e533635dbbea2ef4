// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"

#include <cstdint>

namespace phial::ops {

/// Channel-last rows to one row per frame, channel-major. With F = frequencies:
///   y[t, c*F + f] = x[t*F + f, c]
/// x: [T * F, C]; y: [T, C * F]; each F32 or F16; must not overlap.
/// Records into s, does not submit.
/// Throws Error{Internal} on mismatched shapes or types.
/// Used before encoder.embed.out, whose inputs are ordered channel, frequency.
void transposeChannels(gpu::CommandStream& s, const TensorView& x, std::int64_t frequencies,
                       const TensorView& y);

} // namespace phial::ops
