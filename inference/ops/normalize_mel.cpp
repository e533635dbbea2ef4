// SPDX-License-Identifier: MIT
#include "inference/ops/normalize_mel.h"

#include "inference/ops/op_support.h"
#include "shaders/params/normalize_mel.h"

namespace phial::ops {

void normalizeMel(gpu::CommandStream& s, const TensorView& x, const TensorView& mean,
                  const TensorView& inverseStd, const TensorView& y) {
    const std::int64_t rows = x.rows();
    const std::int64_t columns = x.columns();
    expectMatrix({"normalize_mel", "x", x}, DType::F32, rows, columns);
    expectVector({"normalize_mel", "mean", mean}, DType::F32, columns);
    expectVector({"normalize_mel", "inverseStd", inverseStd}, DType::F32, columns);
    expectActivation({"normalize_mel", "y", y}, rows, columns);

    const auto shader =
        y.dtype == DType::F16 ? gpu::ShaderId::NormalizeMelF16 : gpu::ShaderId::NormalizeMelF32;
    const params::NormalizeMelParams params = {
        .x = rowView(x),
        .y = rowView(y),
        .meanOffset = toUint(mean.elementOffset),
        .inverseStdOffset = toUint(inverseStd.elementOffset),
        .rows = toUint(rows),
        .columns = toUint(columns),
    };
    s.dispatch("normalize_mel", kernelOf(s, shader), params,
               {x.range, mean.range, inverseStd.range, y.range},
               elementGroups(s.device(), rows * columns),
               {.flops = 2.0 * params.rows * params.columns, .bytes = viewBytes(x) + viewBytes(y)});
}

} // namespace phial::ops
