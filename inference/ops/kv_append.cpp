// SPDX-License-Identifier: MIT
#include "inference/ops/kv_append.h"

#include "inference/ops/op_support.h"
#include "shaders/params/kv_append.h"

namespace phial::ops {

namespace {

using enum gpu::ShaderId;
constexpr TypeVariants kVariants = {KvAppendF32F32, KvAppendF32F16, KvAppendF16F32, KvAppendF16F16};

} // namespace

void kvAppend(gpu::CommandStream& s, const TensorView& qkv, const TensorView& kCache,
              const TensorView& vCache, const TensorView& positions, const QkvLayout& layout) {
    const std::int64_t rows = qkv.rows();
    const std::int64_t queryColumns = layout.queryHeads * layout.headDim;
    const std::int64_t columns = layout.kvHeads * layout.headDim;
    expect(columns > 0, "kv_append", "the layout has no key columns");
    expectActivation({"kv_append", "qkv", qkv}, rows, queryColumns + 2 * columns);
    expectVector({"kv_append", "positions", positions}, DType::I32, rows);
    expectActivation({"kv_append", "kCache", kCache}, kCache.rows(), columns);
    expectMatrix({"kv_append", "vCache", vCache}, kCache.dtype, kCache.rows(), columns);
    expectApart({"kv_append", "kCache", kCache}, {"kv_append", "vCache", vCache});

    const params::KvAppendParams params = {
        .qkv = rowView(qkv),
        .k = rowView(kCache),
        .v = rowView(vCache),
        .positionsOffset = toUint(positions.elementOffset),
        .rows = toUint(rows),
        .columns = toUint(columns),
        .keyColumn = toUint(queryColumns),
        .valueColumn = toUint(queryColumns + columns),
        .capacity = toUint(kCache.rows()),
    };
    const auto moved = static_cast<double>(2 * rows * columns);
    s.dispatch("kv_append", kernelOf(s, kVariants.choose(qkv.dtype, kCache.dtype)), params,
               {qkv.range, positions.range, kCache.range, vCache.range},
               elementGroups(s.device(), rows * columns),
               {.bytes = moved * static_cast<double>(bytesPerElement(qkv.dtype) +
                                                     bytesPerElement(kCache.dtype))});
}

} // namespace phial::ops
