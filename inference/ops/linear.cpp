// SPDX-License-Identifier: MIT
#include "inference/ops/linear.h"

#include "inference/ops/linear_plan.h"
#include "inference/ops/op_support.h"
#include "shaders/params/linear.h"

#include <string_view>

namespace phial::ops {

namespace {

void expectNorm(std::string_view op, const std::optional<InputNorm>& norm, const TensorView& x) {
    if (norm) {
        expect(x.rows() <= kFewRows, op, "a norm in front takes few rows");
        expectVector({op, "gain", norm->gain}, DType::F32, x.columns());
    }
}

params::LinearParams commonParams(const TensorView& x, const WeightMatrix& weight,
                                  const WeightMatrix::Piece& piece,
                                  const std::optional<InputNorm>& norm) {
    return {
        .x = rowView(x),
        .y = {},
        .biasOffset = 0,
        .rows = toUint(x.rows()),
        .columns = toUint(weight.columns()),
        .outputs = toUint(piece.rows),
        .octetsPerRow = gpu::groupCount(toUint(weight.columns()), 8),
        .planes = packedRows(weight, piece),
        .scale = 1,
        .zero = 0,
        .gainOffset = norm ? toUint(norm->gain.elementOffset) : 0U,
        .normEpsilon = norm ? norm->epsilon : 0.0F,
        .outputScaleOffset = 0,
    };
}

/// Operands of a shader; where one is not used anything readable stands in for it.
struct Bindings {
    gpu::BufferRange x;
    gpu::BufferRange weights;
    gpu::BufferRange bias;
    gpu::BufferRange y;
    gpu::BufferRange gain;
    gpu::BufferRange outputScale;
};

void dispatch(gpu::CommandStream& s, const LinearPlan& plan, const params::LinearParams& params,
              const Bindings& b, const gpu::Work& work) {
    if (plan.few) {
        s.dispatch("linear", *plan.kernel, params,
                   {b.x, b.weights, b.bias, b.y, b.gain, b.outputScale}, plan.groups, work);
    } else {
        s.dispatch("linear", *plan.kernel, params, {b.x, b.weights, b.bias, b.y}, plan.groups,
                   work);
    }
}

} // namespace

void linear(gpu::CommandStream& s, const TensorView& x, const WeightMatrix& weight,
            const TensorView& y, const LinearOptions& options) {
    const std::int64_t rows = x.rows();
    expect(weight.valid(), "linear", "the weight is empty");
    expectActivation({"linear", "x", x}, rows, weight.columns());
    expectActivation({"linear", "y", y}, rows, weight.rows());
    expectApart({"linear", "x", x}, {"linear", "y", y});
    expectNorm("linear", options.norm, x);
    if (options.bias) {
        expectVector({"linear", "bias", *options.bias}, DType::F32, weight.rows());
    }
    for (const WeightMatrix::Piece& piece : weight.pieces()) {
        const TensorView target = y.columnSlice(piece.firstRow, piece.rows);
        const TensorView weights = piece.data.view();
        const LinearPlan plan = planLinear({.stream = s,
                                            .x = x,
                                            .weight = weight,
                                            .y = y,
                                            .outputs = piece.rows,
                                            .bias = options.bias.has_value(),
                                            .activation = options.activation,
                                            .accumulate = options.accumulate,
                                            .norm = options.norm ? &*options.norm : nullptr});
        params::LinearParams params = commonParams(x, weight, piece, options.norm);
        params.y = rowView(target);
        params.scale = options.scale;
        if (options.bias) {
            params.biasOffset = toUint(options.bias->elementOffset + piece.firstRow);
        }
        dispatch(s, plan, params,
                 {.x = x.range,
                  .weights = weights.range,
                  .bias = options.bias ? options.bias->range : weights.range,
                  .y = target.range,
                  .gain = options.norm ? options.norm->gain.range : weights.range,
                  .outputScale = weights.range},
                 {.flops = 2.0 * params.rows * params.columns * params.outputs,
                  .bytes = viewBytes(weights) + viewBytes(x) + viewBytes(target)});
    }
}

bool canGate(const WeightMatrix& weight) {
    return weight.pieces().size() == 1 && weight.rows() % 2 == 0;
}

void linearGated(gpu::CommandStream& s, const TensorView& x, const WeightMatrix& weight,
                 const TensorView& y, const GatedLinearOptions& options) {
    const std::int64_t rows = x.rows();
    const std::int64_t outputs = weight.rows() / 2;
    expect(weight.valid() && canGate(weight), "linear_gated",
           "the weight is not one pair of halves");
    expect(rows <= kFewRows, "linear_gated", "takes few rows");
    expectActivation({"linear_gated", "x", x}, rows, weight.columns());
    expectActivation({"linear_gated", "y", y}, rows, outputs);
    expectApart({"linear_gated", "x", x}, {"linear_gated", "y", y});
    expectNorm("linear_gated", options.norm, x);
    const std::optional<TensorView>& scale = options.outputScale;
    if (scale) {
        expectVector({"linear_gated", "outputScale", *scale}, DType::F32, outputs);
    }
    const WeightMatrix::Piece& piece = weight.pieces().front();
    const TensorView weights = piece.data.view();
    const LinearPlan plan = planLinear({.stream = s,
                                        .x = x,
                                        .weight = weight,
                                        .y = y,
                                        .outputs = outputs,
                                        .norm = options.norm ? &*options.norm : nullptr,
                                        .gated = true,
                                        .outputScale = scale.has_value()});
    params::LinearParams params = commonParams(x, weight, piece, options.norm);
    params.outputs = toUint(outputs);
    params.y = rowView(y);
    params.outputScaleOffset = scale ? toUint(scale->elementOffset) : 0U;
    dispatch(s, plan, params,
             {.x = x.range,
              .weights = weights.range,
              .bias = weights.range,
              .y = y.range,
              .gain = options.norm ? options.norm->gain.range : weights.range,
              .outputScale = scale ? scale->range : weights.range},
             {.flops = 4.0 * params.rows * params.columns * params.outputs,
              .bytes = viewBytes(weights) + viewBytes(x) + viewBytes(y)});
}

} // namespace phial::ops
