// SPDX-License-Identifier: MIT
#include "inference/ops/layer_norm.h"

#include "inference/ops/op_support.h"
#include "shaders/params/layer_norm.h"

namespace phial::ops {

namespace {

using enum gpu::ShaderId;
constexpr TypeVariants kVariants = {LayerNormF32F32, LayerNormF32F16, LayerNormF16F32,
                                    LayerNormF16F16};

} // namespace

void layerNorm(gpu::CommandStream& s, const TensorView& x, const LayerNormWeights& weights,
               const TensorView& y) {
    const std::int64_t rows = x.rows();
    const std::int64_t columns = x.columns();
    expectActivation({"layer_norm", "x", x}, rows, columns);
    expectVector({"layer_norm", "weight", weights.weight}, DType::F32, columns);
    expectVector({"layer_norm", "bias", weights.bias}, DType::F32, columns);
    expectActivation({"layer_norm", "y", y}, rows, columns);
    expect(weights.eps > 0, "layer_norm", "eps must be positive");

    const params::LayerNormParams params = {
        .x = rowView(x),
        .y = rowView(y),
        .weightOffset = toUint(weights.weight.elementOffset),
        .biasOffset = toUint(weights.bias.elementOffset),
        .rows = toUint(rows),
        .columns = toUint(columns),
        .eps = weights.eps,
    };
    s.dispatch("layer_norm", kernelOf(s, kVariants.choose(x.dtype, y.dtype)), params,
               {x.range, weights.weight.range, weights.bias.range, y.range},
               foldedGroups(params.rows),
               {.flops = 8.0 * params.rows * params.columns, .bytes = viewBytes(x) + viewBytes(y)});
}

} // namespace phial::ops
