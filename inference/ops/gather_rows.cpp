// SPDX-License-Identifier: MIT
#include "inference/ops/gather_rows.h"

#include "inference/ops/op_support.h"
#include "shaders/params/gather_rows.h"

#include <array>

namespace phial::ops {

namespace {

using enum gpu::ShaderId;
constexpr TypeVariants kVariants = {GatherRowsF32F32, GatherRowsF32F16, GatherRowsF16F32,
                                    GatherRowsF16F16};

gpu::ShaderId weightVariant(WeightFormat format, DType y) {
    const bool half = y == DType::F16;
    switch (format) {
    case WeightFormat::F32:
        return half ? GatherWeightRowsF32F16 : GatherWeightRowsF32F32;
    case WeightFormat::F16:
        return half ? GatherWeightRowsF16F16 : GatherWeightRowsF16F32;
    case WeightFormat::BF16:
        return half ? GatherWeightRowsBf16F16 : GatherWeightRowsBf16F32;
    case WeightFormat::Packed:
        return half ? GatherWeightRowsPackedF16 : GatherWeightRowsPackedF32;
    }
    expect(false, "gather_rows", "unknown weight format");
    return GatherWeightRowsF32F32;
}

} // namespace

void gatherRows(gpu::CommandStream& s, const WeightMatrix& table, const TensorView& ids,
                const TensorView& y, const std::optional<TensorView>& columnScale) {
    expectActivation({"gather_rows", "y", y}, y.rows(), table.columns());
    expectVector({"gather_rows", "ids", ids}, DType::I32, y.rows());
    if (columnScale) {
        expectVector({"gather_rows", "columnScale", *columnScale}, DType::F32, table.columns());
    }
    const std::array constants = {groupSize(s.device()), packingConstant(table),
                                  columnScale ? 1U : 0U};
    const gpu::Kernel& kernel =
        s.device().kernel(weightVariant(table.format(), y.dtype), constants);
    for (const WeightMatrix::Piece& piece : table.pieces()) {
        const TensorView source = piece.data.view();
        const params::GatherRowsParams params = {
            .source = rowView(source),
            .y = rowView(y),
            .idsOffset = toUint(ids.elementOffset),
            .rows = toUint(y.rows()),
            .columns = toUint(y.columns()),
            .firstSourceRow = toUint(piece.firstRow),
            .sourceRows = toUint(piece.rows),
            .columnScaleOffset = columnScale ? toUint(columnScale->elementOffset) : 0U,
            .planes = packedRows(table, piece),
        };
        s.dispatch(
            "gather_rows", kernel, params,
            {source.range, ids.range, y.range, columnScale ? columnScale->range : source.range},
            elementGroups(s.device(), y.rows() * y.columns()), {.bytes = 2 * viewBytes(y)});
    }
}

void gatherRows(gpu::CommandStream& s, const TensorView& source, const TensorView& ids,
                const TensorView& y) {
    expectActivation({"gather_rows", "source", source}, source.rows(), y.columns());
    expectActivation({"gather_rows", "y", y}, y.rows(), y.columns());
    expectVector({"gather_rows", "ids", ids}, DType::I32, y.rows());
    expectApart({"gather_rows", "source", source}, {"gather_rows", "y", y});
    const params::GatherRowsParams params = {
        .source = rowView(source),
        .y = rowView(y),
        .idsOffset = toUint(ids.elementOffset),
        .rows = toUint(y.rows()),
        .columns = toUint(y.columns()),
        .firstSourceRow = 0,
        .sourceRows = toUint(source.rows()),
        .columnScaleOffset = 0,
        .planes = {},
    };
    s.dispatch("gather_rows", kernelOf(s, kVariants.choose(source.dtype, y.dtype)), params,
               {source.range, ids.range, y.range},
               elementGroups(s.device(), y.rows() * y.columns()), {.bytes = 2 * viewBytes(y)});
}

} // namespace phial::ops
