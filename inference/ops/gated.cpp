// SPDX-License-Identifier: MIT
#include "inference/ops/gated.h"

#include "inference/ops/op_support.h"
#include "shaders/params/gated.h"

#include <array>

namespace phial::ops {

namespace {

using enum gpu::ShaderId;
constexpr TypeVariants kPlain = {GatedF32F32, GatedF32F16, GatedF16F32, GatedF16F16};
constexpr TypeVariants kBiased = {GatedBiasF32F32, GatedBiasF32F16, GatedBiasF16F32,
                                  GatedBiasF16F16};

} // namespace

void gated(gpu::CommandStream& s, const TensorView& x, const TensorView& y,
           const GatedOptions& options) {
    const std::int64_t rows = y.rows();
    const std::int64_t columns = y.columns();
    expectActivation({"gated", "x", x}, rows, 2 * columns);
    expectActivation({"gated", "y", y}, rows, columns);
    expectApart({"gated", "x", x}, {"gated", "y", y});
    expect(options.valueBias.has_value() == options.gateBias.has_value(), "gated",
           "valueBias and gateBias come together");

    const bool gateFirst = options.order == GateOrder::GateFirst;
    params::GatedParams params = {
        .x = rowView(x),
        .y = rowView(y),
        .rows = toUint(rows),
        .columns = toUint(columns),
        .valueColumn = toUint(gateFirst ? columns : 0),
        .gateColumn = toUint(gateFirst ? 0 : columns),
    };
    const gpu::Groups groups = elementGroups(s.device(), rows * columns);
    const gpu::Work work = {.flops = 6.0 * params.rows * params.columns,
                            .bytes = viewBytes(x) + viewBytes(y)};
    if (!options.valueBias) {
        const std::optional<TensorView>& scale = options.columnScale;
        if (scale) {
            expectVector({"gated", "columnScale", *scale}, DType::F32, columns);
            params.columnScaleOffset = toUint(scale->elementOffset);
        }
        const std::array constants = {groupSize(s.device()), scale ? 1U : 0U};
        s.dispatch("gated", s.device().kernel(kPlain.choose(x.dtype, y.dtype), constants), params,
                   {x.range, y.range, scale ? scale->range : x.range}, groups, work);
        return;
    }
    expect(!options.columnScale.has_value(), "gated", "columnScale goes without biases");
    expectVector({"gated", "valueBias", *options.valueBias}, DType::F32, columns);
    expectVector({"gated", "gateBias", *options.gateBias}, DType::F32, columns);
    params.valueBiasOffset = toUint(options.valueBias->elementOffset);
    params.gateBiasOffset = toUint(options.gateBias->elementOffset);
    s.dispatch("gated", kernelOf(s, kBiased.choose(x.dtype, y.dtype)), params,
               {x.range, y.range, options.valueBias->range, options.gateBias->range}, groups, work);
}

} // namespace phial::ops
