// SPDX-License-Identifier: MIT
#include "inference/ops/add_rows.h"

#include "inference/ops/op_support.h"
#include "shaders/params/add_rows.h"

namespace phial::ops {

namespace {

gpu::ShaderId variant(WeightFormat format) {
    switch (format) {
    case WeightFormat::F32:
        return gpu::ShaderId::AddRowsF32;
    case WeightFormat::F16:
        return gpu::ShaderId::AddRowsF16;
    case WeightFormat::BF16:
        return gpu::ShaderId::AddRowsBf16;
    case WeightFormat::Packed:
        break; // position tables are never packed
    }
    expect(false, "add_rows", "unknown weight format");
    return gpu::ShaderId::AddRowsF32;
}

} // namespace

void addRows(gpu::CommandStream& s, const TensorView& x, const WeightMatrix& table,
             const TensorView& ids) {
    expectMatrix({"add_rows", "x", x}, DType::F32, x.rows(), table.columns());
    expectVector({"add_rows", "ids", ids}, DType::I32, x.rows());
    const gpu::Kernel& kernel = kernelOf(s, variant(table.format()));
    for (const WeightMatrix::Piece& piece : table.pieces()) {
        const TensorView rows = piece.data.view();
        const params::AddRowsParams params = {
            .x = rowView(x),
            .table = rowView(rows),
            .idsOffset = toUint(ids.elementOffset),
            .rows = toUint(x.rows()),
            .columns = toUint(x.columns()),
            .firstTableRow = toUint(piece.firstRow),
            .tableRows = toUint(rows.rows()),
        };
        s.dispatch("add_rows", kernel, params, {rows.range, ids.range, x.range},
                   elementGroups(s.device(), x.rows() * x.columns()),
                   {.flops = 1.0 * params.rows * params.columns, .bytes = 3 * viewBytes(x)});
    }
}

} // namespace phial::ops
