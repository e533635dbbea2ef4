// SPDX-License-Identifier: MIT
#include "inference/ops/copy_rows.h"

#include "inference/ops/op_support.h"
#include "shaders/params/copy_rows.h"

namespace phial::ops {

namespace {

using enum gpu::ShaderId;
constexpr TypeVariants kVariants = {CopyRowsF32F32, CopyRowsF32F16, CopyRowsF16F32, CopyRowsF16F16};

} // namespace

void copyRows(gpu::CommandStream& s, const TensorView& x, const TensorView& y) {
    const std::int64_t rows = x.rows();
    const std::int64_t columns = x.columns();
    expectActivation({"copy_rows", "x", x}, rows, columns);
    expectActivation({"copy_rows", "y", y}, rows, columns);
    expectApart({"copy_rows", "x", x}, {"copy_rows", "y", y});

    const params::CopyRowsParams params = {
        .x = rowView(x),
        .y = rowView(y),
        .rows = toUint(rows),
        .columns = toUint(columns),
    };
    s.dispatch("copy_rows", kernelOf(s, kVariants.choose(x.dtype, y.dtype)), params,
               {x.range, y.range}, elementGroups(s.device(), rows * columns),
               {.bytes = viewBytes(x) + viewBytes(y)});
}

} // namespace phial::ops
