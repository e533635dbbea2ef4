// SPDX-License-Identifier: MIT
#include "inference/ops/gather_rows.h"

#include "inference/ops/op_support.h"
#include "shaders/params/gather_rows.h"

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
    }
    expect(false, "gather_rows", "unknown weight format");
    return GatherWeightRowsF32F32;
}

struct Gather {
    gpu::ShaderId shader;
    const TensorView& source;
    std::int64_t firstSourceRow = 0;
};

void record(gpu::CommandStream& s, const Gather& gather, const TensorView& ids,
            const TensorView& y) {
    const params::GatherRowsParams params = {
        .source = rowView(gather.source),
        .y = rowView(y),
        .idsOffset = toUint(ids.elementOffset),
        .rows = toUint(y.rows()),
        .columns = toUint(y.columns()),
        .firstSourceRow = toUint(gather.firstSourceRow),
        .sourceRows = toUint(gather.source.rows()),
    };
    s.dispatch("gather_rows", kernelOf(s, gather.shader), params,
               {gather.source.range, ids.range, y.range},
               elementGroups(s.device(), y.rows() * y.columns()), {.bytes = 2 * viewBytes(y)});
}

} // namespace

void gatherRows(gpu::CommandStream& s, const WeightMatrix& table, const TensorView& ids,
                const TensorView& y) {
    expectActivation({"gather_rows", "y", y}, y.rows(), table.columns());
    expectVector({"gather_rows", "ids", ids}, DType::I32, y.rows());
    const gpu::ShaderId shader = weightVariant(table.format(), y.dtype);
    for (const WeightMatrix::Piece& piece : table.pieces()) {
        const TensorView source = piece.data.view();
        record(s, {.shader = shader, .source = source, .firstSourceRow = piece.firstRow}, ids, y);
    }
}

void gatherRows(gpu::CommandStream& s, const TensorView& source, const TensorView& ids,
                const TensorView& y) {
    expectActivation({"gather_rows", "source", source}, source.rows(), y.columns());
    expectActivation({"gather_rows", "y", y}, y.rows(), y.columns());
    expectVector({"gather_rows", "ids", ids}, DType::I32, y.rows());
    expectApart({"gather_rows", "source", source}, {"gather_rows", "y", y});
    record(s, {.shader = kVariants.choose(source.dtype, y.dtype), .source = source}, ids, y);
}

} // namespace phial::ops
