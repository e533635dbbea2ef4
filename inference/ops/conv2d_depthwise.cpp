// SPDX-License-Identifier: MIT
#include "inference/ops/conv2d_depthwise.h"

#include "inference/ops/op_support.h"
#include "shaders/params/conv2d_depthwise.h"

#include <array>

namespace phial::ops {

namespace {

using enum gpu::ShaderId;
constexpr TypeVariants kVariants = {Conv2dDepthwiseF32F32, Conv2dDepthwiseF32F16,
                                    Conv2dDepthwiseF16F32, Conv2dDepthwiseF16F16};

} // namespace

void conv2dDepthwise(gpu::CommandStream& s, const TensorView& x, std::int64_t frequencies,
                     const Conv3x3Weights& weights, const TensorView& y, const ConvFrames& frames) {
    expect(frequencies > 0, "conv2d_depthwise", "no frequencies");
    const std::int64_t inputFrames = x.rows() / frequencies;
    const std::int64_t channels = y.columns();
    const std::int64_t outputFrames = y.rows() / halved(frequencies);
    expectActivation({"conv2d_depthwise", "x", x}, inputFrames * frequencies, channels);
    expectActivation({"conv2d_depthwise", "y", y}, outputFrames * halved(frequencies), channels);
    expectMatrix({"conv2d_depthwise", "weight", weights.weight}, DType::F32, channels, 9);
    expectVector({"conv2d_depthwise", "bias", weights.bias}, DType::F32, channels);
    expectApart({"conv2d_depthwise", "x", x}, {"conv2d_depthwise", "y", y});
    expectFrames("conv2d_depthwise", frames, inputFrames, outputFrames);

    const params::Conv2dDepthwiseParams params = {
        .x = rowView(x),
        .y = rowView(y),
        .weight = rowView(weights.weight),
        .biasOffset = toUint(weights.bias.elementOffset),
        .frequencies = toUint(frequencies),
        .channels = toUint(channels),
        .outputFrames = toUint(outputFrames),
        .totalFrames = toUint(frames.total),
        .inputFirst = toUint(frames.inputFirst),
        .outputFirst = toUint(frames.outputFirst),
    };
    const std::int64_t elements = y.rows() * channels;
    const std::int64_t runs =
        outputFrames * gpu::groupCount(toUint(halved(frequencies)), kConvRun) * channels;
    const std::array constants = {groupSize(s.device()), kConvRun};
    s.dispatch(
        "conv2d_depthwise", s.device().kernel(kVariants.choose(x.dtype, y.dtype), constants),
        params, {x.range, weights.weight.range, weights.bias.range, y.range},
        elementGroups(s.device(), runs),
        {.flops = 18.0 * static_cast<double>(elements), .bytes = viewBytes(x) + viewBytes(y)});
}

} // namespace phial::ops
