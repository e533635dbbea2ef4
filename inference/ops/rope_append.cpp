// SPDX-License-Identifier: MIT
#include "inference/ops/rope_append.h"

#include "inference/ops/op_support.h"
#include "shaders/params/rope_append.h"

#include <array>

namespace phial::ops {

namespace {

using enum gpu::ShaderId;
constexpr TypeVariants kPlain = {RopeAppendF32F32, RopeAppendF32F16, RopeAppendF16F32,
                                 RopeAppendF16F16};

void checkOperands(const RopeAppendArgs& args) {
    const QkvLayout& layout = args.layout;
    const std::int64_t rows = args.qkv.rows();
    expect(layout.queryHeads > 0 && layout.kvHeads > 0 && layout.headDim > 0, "rope_append",
           "the layout has no columns");
    expect(layout.rotaryDim > 0 && layout.rotaryDim % 2 == 0 && layout.rotaryDim <= layout.headDim,
           "rope_append", "rotaryDim must be even and at most headDim");
    expectActivation({"rope_append", "qkv", args.qkv}, rows,
                     (layout.queryHeads + 2 * layout.kvHeads) * layout.headDim);
    expectVector({"rope_append", "tableRows", args.tableRows}, DType::I32, rows);
    expectVector({"rope_append", "positions", args.positions}, DType::I32, rows);
    expectMatrix({"rope_append", "cosSin", args.cosSin}, DType::F32, args.cosSin.rows(),
                 layout.rotaryDim);
    const std::int64_t capacity = args.keys.rows();
    const std::int64_t keyColumns = keyRowElements(args.format, layout.kvHeads, layout.headDim);
    if (args.format == KvFormat::Plain) {
        expectActivation({"rope_append", "keys", args.keys}, capacity, keyColumns);
    } else {
        expect(canCode(layout.headDim), "rope_append",
               "coded heads have 32, 64, 128 or 256 columns");
        expect(args.codec.has_value(), "rope_append", "a coded cache needs a codec");
        expectVector({"rope_append", "codec", *args.codec}, DType::F32, 16 + layout.headDim);
        expectMatrix({"rope_append", "keys", args.keys}, DType::I32, capacity, keyColumns);
    }
    expectMatrix({"rope_append", "values", args.values}, args.keys.dtype, capacity,
                 valueRowElements(args.format, layout.kvHeads, layout.headDim));
    expectApart({"rope_append", "keys", args.keys}, {"rope_append", "values", args.values});
}

} // namespace

void ropeAppend(gpu::CommandStream& s, const RopeAppendArgs& args) {
    checkOperands(args);
    const QkvLayout& layout = args.layout;
    const std::int64_t rows = args.qkv.rows();
    const bool coded = args.format != KvFormat::Plain;
    const params::RopeAppendParams params = {
        .qkv = rowView(args.qkv),
        .table = rowView(args.cosSin),
        .k = rowView(args.keys),
        .v = rowView(args.values),
        .tableRowsOffset = toUint(args.tableRows.elementOffset),
        .positionsOffset = toUint(args.positions.elementOffset),
        .codecOffset = coded ? toUint(args.codec->elementOffset) : 0U,
        .rows = toUint(rows),
        .queryHeads = toUint(layout.queryHeads),
        .kvHeads = toUint(layout.kvHeads),
        .headDim = toUint(layout.headDim),
        .halfRotary = toUint(layout.rotaryDim / 2),
        .tableSize = toUint(args.cosSin.rows()),
        .capacity = toUint(args.keys.rows()),
    };
    const auto written = static_cast<double>(rows * (args.keys.columns() + args.values.columns()) *
                                             bytesPerElement(args.keys.dtype));
    const gpu::Work work = {.flops = 6.0 * static_cast<double>(args.qkv.shape.elements()),
                            .bytes = 2 * viewBytes(args.qkv) + written};
    if (!coded) {
        const std::int64_t rest = layout.headDim - layout.rotaryDim;
        const std::int64_t pairs = layout.rotaryDim / 2 + (rest + 1) / 2;
        s.dispatch(
            "rope_append", kernelOf(s, kPlain.choose(args.qkv.dtype, args.keys.dtype)), params,
            {args.qkv.range, args.tableRows.range, args.positions.range, args.cosSin.range,
             args.keys.range, args.values.range},
            elementGroups(s.device(), rows * (layout.queryHeads + 2 * layout.kvHeads) * pairs),
            work);
        return;
    }
    const bool half = args.qkv.dtype == DType::F16;
    const gpu::ShaderId shader = args.format == KvFormat::K8V4
                                     ? (half ? RopeAppendK8V4F16 : RopeAppendK8V4F32)
                                     : (half ? RopeAppendTq4F16 : RopeAppendTq4F32);
    const std::array constants = {128U, toUint(layout.headDim)};
    s.dispatch(
        "rope_append", s.device().kernel(shader, constants), params,
        {args.qkv.range, args.tableRows.range, args.positions.range, args.cosSin.range,
         args.keys.range, args.values.range, args.codec->range},
        foldedGroups(static_cast<std::uint64_t>(rows * (layout.queryHeads + layout.kvHeads))),
        work);
}

} // namespace phial::ops
