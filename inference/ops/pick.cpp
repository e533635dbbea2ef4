// SPDX-License-Identifier: MIT
#include "inference/ops/pick.h"

#include "inference/ops/op_support.h"
#include "shaders/params/pick.h"

namespace phial::ops {
namespace {

constexpr std::int64_t kPerGroup = 2048;

} // namespace

std::int64_t pickParts(std::int64_t logits) {
    return (logits + kPerGroup - 1) / kPerGroup;
}

void pick(gpu::CommandStream& s, const TensorView& logits, const TensorView& parts,
          const TensorView& result) {
    const std::int64_t count = logits.columns();
    const std::int64_t groups = pickParts(count);
    const std::int64_t rows = logits.rows();
    expectMatrix({"pick", "logits", logits}, DType::F32, rows, count);
    expectMatrix({"pick", "parts", parts}, DType::I32, parts.rows(), 3);
    expect(parts.rows() >= rows * groups && parts.contiguous(), "pick", "parts is too small");
    expectMatrix({"pick", "result", result}, DType::I32, rows, 3);
    expect(rows == 1 || result.contiguous(), "pick", "the results have gaps");
    const params::PickParams params = {
        .logitsOffset = toUint(logits.elementOffset),
        .partsOffset = toUint(parts.elementOffset),
        .resultOffset = toUint(result.elementOffset),
        .logitsStride = toUint(logits.rowStride),
        .count = toUint(count),
        .perGroup = toUint(kPerGroup),
        .groups = toUint(groups),
    };
    s.dispatch("pick", kernelOf(s, gpu::ShaderId::Pick), params, {logits.range, parts.range},
               {.x = params.groups, .y = toUint(rows)},
               {.flops = 2.0 * static_cast<double>(rows * count), .bytes = viewBytes(logits)});
    s.dispatch("pick", kernelOf(s, gpu::ShaderId::PickFinal), params, {parts.range, result.range},
               {.x = toUint(rows)}, {.bytes = 12.0 * static_cast<double>(rows * groups)});
}

} // namespace phial::ops
