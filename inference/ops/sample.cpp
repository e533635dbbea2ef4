// SPDX-License-Identifier: MIT
#include "inference/ops/sample.h"

#include "inference/ops/op_support.h"
#include "shaders/params/sample.h"

#include <bit>

namespace phial::ops {

std::array<std::int32_t, 5> Draw::words() const {
    return {std::bit_cast<std::int32_t>(scale), std::bit_cast<std::int32_t>(topK),
            std::bit_cast<std::int32_t>(topP), std::bit_cast<std::int32_t>(leastWeight),
            std::bit_cast<std::int32_t>(random)};
}

void sample(gpu::CommandStream& s, const TensorView& logits, const TensorView& draw,
            const TensorView& result) {
    const std::int64_t count = logits.columns();
    const std::int64_t rows = logits.rows();
    expectMatrix({"sample", "logits", logits}, DType::F32, rows, count);
    expect(count <= kMostSampled, "sample", "too many logits");
    expectMatrix({"sample", "draw", draw}, DType::I32, rows, 5);
    expectMatrix({"sample", "result", result}, DType::I32, rows, 3);
    expect(rows == 1 || (draw.contiguous() && result.contiguous()), "sample",
           "draws or results have gaps");
    const params::SampleParams params = {
        .logitsOffset = toUint(logits.elementOffset),
        .drawOffset = toUint(draw.elementOffset),
        .resultOffset = toUint(result.elementOffset),
        .logitsStride = toUint(logits.rowStride),
        .count = toUint(count),
    };
    s.dispatch("sample", kernelOf(s, gpu::ShaderId::Sample), params,
               {logits.range, draw.range, result.range}, {.x = toUint(rows)},
               {.flops = 12.0 * static_cast<double>(rows * count), .bytes = viewBytes(logits)});
}

} // namespace phial::ops
