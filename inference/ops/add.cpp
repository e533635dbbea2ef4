// SPDX-License-Identifier: MIT
#include "inference/ops/add.h"

#include "inference/ops/op_support.h"
#include "shaders/params/add.h"

namespace phial::ops {

namespace {

using enum gpu::ShaderId;
constexpr TypeVariants kVariants = {AddF32F32, AddF32F16, AddF16F32, AddF16F16};

} // namespace

void add(gpu::CommandStream& s, const TensorView& x, const TensorView& z, const TensorView& y,
         float alpha) {
    const std::int64_t rows = x.rows();
    const std::int64_t columns = x.columns();
    expectActivation({"add", "x", x}, rows, columns);
    expectActivation({"add", "z", z}, rows, columns);
    expectMatrix({"add", "y", y}, x.dtype, rows, columns);

    const params::AddParams params = {
        .x = rowView(x),
        .z = rowView(z),
        .y = rowView(y),
        .rows = toUint(rows),
        .columns = toUint(columns),
        .alpha = alpha,
    };
    s.dispatch("add", kernelOf(s, kVariants.choose(x.dtype, z.dtype)), params,
               {x.range, z.range, y.range}, elementGroups(s.device(), rows * columns),
               {.flops = 2.0 * params.rows * params.columns,
                .bytes = viewBytes(x) + viewBytes(z) + viewBytes(y)});
}

} // namespace phial::ops
