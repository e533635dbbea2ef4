// SPDX-License-Identifier: MIT
#include "inference/ops/conv1d_depthwise.h"

#include "inference/ops/op_support.h"
#include "shaders/params/conv1d_depthwise.h"

namespace phial::ops {

namespace {

using enum gpu::ShaderId;
constexpr TypeVariants kVariants = {Conv1dDepthwiseF32F32, Conv1dDepthwiseF32F16,
                                    Conv1dDepthwiseF16F32, Conv1dDepthwiseF16F16};

} // namespace

void conv1dDepthwise(gpu::CommandStream& s, const TensorView& x, const TensorView& weight,
                     const TensorView& bias, const TensorView& y) {
    const std::int64_t rows = x.rows();
    const std::int64_t columns = x.columns();
    expectActivation({"conv1d_depthwise", "x", x}, rows, columns);
    expectActivation({"conv1d_depthwise", "y", y}, rows, columns);
    expectMatrix({"conv1d_depthwise", "weight", weight}, DType::F32, columns, weight.columns());
    expectVector({"conv1d_depthwise", "bias", bias}, DType::F32, columns);
    expectApart({"conv1d_depthwise", "x", x}, {"conv1d_depthwise", "y", y});

    const params::Conv1dDepthwiseParams params = {
        .x = rowView(x),
        .y = rowView(y),
        .weight = rowView(weight),
        .biasOffset = toUint(bias.elementOffset),
        .rows = toUint(rows),
        .columns = toUint(columns),
        .taps = toUint(weight.columns()),
    };
    s.dispatch("conv1d_depthwise", kernelOf(s, kVariants.choose(x.dtype, y.dtype)), params,
               {x.range, weight.range, bias.range, y.range},
               elementGroups(s.device(), rows * columns),
               {.flops = 2.0 * params.rows * params.columns * params.taps,
                .bytes = viewBytes(x) + viewBytes(y)});
}

} // namespace phial::ops
