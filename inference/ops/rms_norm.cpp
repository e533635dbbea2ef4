// SPDX-License-Identifier: MIT
#include "inference/ops/rms_norm.h"

#include "inference/ops/op_support.h"
#include "shaders/params/rms_norm.h"

namespace phial::ops {

void rmsNorm(gpu::CommandStream& s, const TensorView& x, const TensorView& weight, float eps,
             const TensorView& y) {
    const std::int64_t rows = x.rows();
    const std::int64_t columns = x.columns();
    expectMatrix({"rms_norm", "x", x}, DType::F32, rows, columns);
    expectVector({"rms_norm", "weight", weight}, DType::F32, columns);
    expectActivation({"rms_norm", "y", y}, rows, columns);
    expect(eps > 0, "rms_norm", "eps must be positive");

    const auto shader =
        y.dtype == DType::F16 ? gpu::ShaderId::RmsNormF16 : gpu::ShaderId::RmsNormF32;
    const params::RmsNormParams params = {
        .x = rowView(x),
        .y = rowView(y),
        .weightOffset = toUint(weight.elementOffset),
        .rows = toUint(rows),
        .columns = toUint(columns),
        .eps = eps,
    };
    s.dispatch("rms_norm", kernelOf(s, shader), params, {x.range, weight.range, y.range},
               foldedGroups(params.rows),
               {.flops = 4.0 * params.rows * params.columns, .bytes = viewBytes(x) + viewBytes(y)});
}

} // namespace phial::ops
