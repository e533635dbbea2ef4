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
    expectVector({"sample", "logits", logits}, DType::F32, count);
    expect(count <= kMostSampled, "sample", "too many logits");
    expectVector({"sample", "draw", draw}, DType::I32, 5);
    expectVector({"sample", "result", result}, DType::I32, 3);
    const params::SampleParams params = {
        .logitsOffset = toUint(logits.elementOffset),
        .drawOffset = toUint(draw.elementOffset),
        .resultOffset = toUint(result.elementOffset),
        .count = toUint(count),
    };
    s.dispatch("sample", kernelOf(s, gpu::ShaderId::Sample), params,
               {logits.range, draw.range, result.range}, {.x = 1},
               {.flops = 12.0 * static_cast<double>(count), .bytes = viewBytes(logits)});
}

} // namespace phial::ops
