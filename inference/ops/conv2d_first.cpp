// SPDX-License-Identifier: MIT
#include "inference/ops/conv2d_first.h"

#include "inference/ops/op_support.h"
#include "shaders/params/conv2d_first.h"

#include <array>

namespace phial::ops {

namespace {

using enum gpu::ShaderId;
constexpr TypeVariants kVariants = {Conv2dFirstF32F32, Conv2dFirstF32F16, Conv2dFirstF16F32,
                                    Conv2dFirstF16F16};
constexpr TypeVariants kLanes = {Conv2dFirstLanesF32F32, Conv2dFirstLanesF32F16,
                                 Conv2dFirstLanesF16F32, Conv2dFirstLanesF16F16};

} // namespace

void conv2dFirst(gpu::CommandStream& s, const TensorView& x, const Conv3x3Weights& weights,
                 const TensorView& y, const ConvFrames& frames) {
    const std::int64_t inputFrames = x.rows();
    const std::int64_t frequencies = x.columns();
    const std::int64_t channels = y.columns();
    const std::int64_t outputFrames = y.rows() / halved(frequencies);
    expectActivation({"conv2d_first", "x", x}, inputFrames, frequencies);
    expectActivation({"conv2d_first", "y", y}, outputFrames * halved(frequencies), channels);
    expectMatrix({"conv2d_first", "weight", weights.weight}, DType::F32, channels, 9);
    expectVector({"conv2d_first", "bias", weights.bias}, DType::F32, channels);
    expectApart({"conv2d_first", "x", x}, {"conv2d_first", "y", y});
    expectFrames("conv2d_first", frames, inputFrames, outputFrames);

    const params::Conv2dFirstParams params = {
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
    const gpu::DeviceInfo& device = s.device().info();
    const bool lanes = hasSoftwareLanes(device) && channels % device.subgroupSize == 0;
    const TypeVariants& variants = lanes ? kLanes : kVariants;
    s.dispatch(
        "conv2d_first", s.device().kernel(variants.choose(x.dtype, y.dtype), constants), params,
        {x.range, weights.weight.range, weights.bias.range, y.range},
        elementGroups(s.device(), runs),
        {.flops = 18.0 * static_cast<double>(elements), .bytes = viewBytes(x) + viewBytes(y)});
}

} // namespace phial::ops
