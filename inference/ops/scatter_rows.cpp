// SPDX-License-Identifier: MIT
#include "inference/ops/scatter_rows.h"

#include "inference/ops/op_support.h"
#include "shaders/params/scatter_rows.h"

namespace phial::ops {

void scatterRows(gpu::CommandStream& s, const TensorView& source, const TensorView& rows,
                 const TensorView& destination) {
    const std::int64_t columns = destination.columns();
    expectActivation({"scatter_rows", "source", source}, source.rows(), columns);
    expectVector({"scatter_rows", "rows", rows}, DType::I32, source.rows());
    expectMatrix({"scatter_rows", "destination", destination}, DType::F32, destination.rows(),
                 columns);
    expectApart({"scatter_rows", "source", source}, {"scatter_rows", "destination", destination});

    const auto shader =
        source.dtype == DType::F16 ? gpu::ShaderId::ScatterRowsF16 : gpu::ShaderId::ScatterRowsF32;
    const params::ScatterRowsParams params = {
        .source = rowView(source),
        .y = rowView(destination),
        .idsOffset = toUint(rows.elementOffset),
        .rows = toUint(source.rows()),
        .columns = toUint(columns),
        .destinationRows = toUint(destination.rows()),
    };
    s.dispatch("scatter_rows", kernelOf(s, shader), params,
               {source.range, rows.range, destination.range},
               elementGroups(s.device(), source.rows() * columns),
               {.bytes = viewBytes(source) + 4.0 * params.rows * params.columns});
}

} // namespace phial::ops
