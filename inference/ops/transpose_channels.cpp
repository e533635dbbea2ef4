// SPDX-License-Identifier: MIT
#include "inference/ops/transpose_channels.h"

#include "inference/ops/op_support.h"
#include "shaders/params/transpose_channels.h"

namespace phial::ops {

namespace {

using enum gpu::ShaderId;
constexpr TypeVariants kVariants = {TransposeChannelsF32F32, TransposeChannelsF32F16,
                                    TransposeChannelsF16F32, TransposeChannelsF16F16};

} // namespace

void transposeChannels(gpu::CommandStream& s, const TensorView& x, std::int64_t frequencies,
                       const TensorView& y) {
    const std::int64_t frames = y.rows();
    const std::int64_t channels = x.columns();
    expectActivation({"transpose_channels", "x", x}, frames * frequencies, channels);
    expectActivation({"transpose_channels", "y", y}, frames, channels * frequencies);
    expectApart({"transpose_channels", "x", x}, {"transpose_channels", "y", y});

    const params::TransposeChannelsParams params = {
        .x = rowView(x),
        .y = rowView(y),
        .frames = toUint(frames),
        .frequencies = toUint(frequencies),
        .channels = toUint(channels),
    };
    s.dispatch("transpose_channels", kernelOf(s, kVariants.choose(x.dtype, y.dtype)), params,
               {x.range, y.range}, elementGroups(s.device(), frames * y.columns()),
               {.bytes = viewBytes(x) + viewBytes(y)});
}

} // namespace phial::ops
