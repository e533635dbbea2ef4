// SPDX-License-Identifier: MIT
#include "inference/ops/rope.h"

#include "inference/ops/op_support.h"
#include "shaders/params/rope.h"

namespace phial::ops {

void rope(gpu::CommandStream& s, const TensorView& x, const TensorView& positions,
          const TensorView& cosSin, const RopeLayout& layout) {
    const std::int64_t rows = x.rows();
    expectActivation({"rope", "x", x}, rows, x.columns());
    expectVector({"rope", "positions", positions}, DType::I32, rows);
    expectMatrix({"rope", "cosSin", cosSin}, DType::F32, cosSin.rows(), layout.rotaryDim);
    expect(layout.heads > 0 && layout.heads * layout.headDim <= x.columns(), "rope",
           "the rotated heads leave the row");
    expect(layout.rotaryDim > 0 && layout.rotaryDim % 2 == 0 && layout.rotaryDim <= layout.headDim,
           "rope", "rotaryDim must be even and at most headDim");

    const params::RopeParams params = {
        .x = rowView(x),
        .table = rowView(cosSin),
        .positionsOffset = toUint(positions.elementOffset),
        .rows = toUint(rows),
        .heads = toUint(layout.heads),
        .headDim = toUint(layout.headDim),
        .halfRotary = toUint(layout.rotaryDim / 2),
        .tableRows = toUint(cosSin.rows()),
        .tableBase = static_cast<std::int32_t>(layout.tableBase),
    };
    const auto shader = x.dtype == DType::F16 ? gpu::ShaderId::RopeF16 : gpu::ShaderId::RopeF32;
    const std::int64_t pairs = rows * layout.heads * layout.rotaryDim / 2;
    s.dispatch("rope", kernelOf(s, shader), params, {x.range, positions.range, cosSin.range},
               elementGroups(s.device(), pairs),
               {.flops = 6.0 * static_cast<double>(pairs), .bytes = 2 * viewBytes(x)});
}

} // namespace phial::ops
