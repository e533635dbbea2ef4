// SPDX-License-Identifier: MIT
// Joins what the parts of a split attention found: with m, w and a the largest score, the sum of weights and the weighted sum of
// values of a part, y = sum(exp(m - M) a) / sum(exp(m - M) w), M the largest m. One workgroup per query and head. CODED rotates
// the result back from the frame of the cache. fp32.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/attention.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { AttentionReduceParams p; };
layout(set = 0, binding = 0) readonly buffer Parts { float parts[]; };
layout(set = 0, binding = 1) writeonly buffer Y { Y_TYPE y[]; };
layout(set = 0, binding = 2) readonly buffer ColumnScale { float columnScale[]; }; // anything when its option is off
layout(constant_id = 1) const uint kHasColumnScale = 0;
#ifdef CODED
layout(set = 0, binding = 3) readonly buffer Codec { float codec[]; }; // levels[16], signs[headDim]
shared float rotated[256];
#endif

float columnScaleOf(uint head, uint d) {
    return kHasColumnScale != 0 ? columnScale[p.columnScaleOffset + head * p.headDim + d] : 1.0;
}

void main() {
    const uint row = groupIndex();
    const uint lane = gl_LocalInvocationID.x;
    if (row >= p.queries * p.heads) {
        return;
    }
    const uint head = row / p.queries;
    const uint query = row % p.queries;
    const uint width = p.headDim + 2;
    const uint partStride = p.queries * p.heads * width;
    const uint first = p.partsOffset + row * width;
    const uint to = p.y.offset + query * p.y.stride + head * p.headDim;
    float largest = -3.4e38;
    for (uint i = 0; i < p.splits; ++i) {
        largest = max(largest, parts[first + i * partStride + p.headDim]);
    }
    float total = 0.0;
    for (uint i = 0; i < p.splits; ++i) {
        const uint part = first + i * partStride + p.headDim;
        total += exp(parts[part] - largest) * parts[part + 1];
    }
    for (uint d = lane; d < p.headDim; d += kGroupSize) {
        float sum = 0.0;
        for (uint i = 0; i < p.splits; ++i) {
            const uint part = first + i * partStride;
            sum += exp(parts[part + p.headDim] - largest) * parts[part + d];
        }
        const float value = total > 0.0 ? sum / total : 0.0;
#ifdef CODED
        rotated[d] = value;
#else
        y[to + d] = Y_TYPE(value * columnScaleOf(head, d));
#endif
    }
#ifdef CODED
    for (uint reach = 1; reach < p.headDim; reach *= 2) {
        barrier();
        for (uint i = lane; i < p.headDim / 2; i += kGroupSize) {
            const uint a = i / reach * 2 * reach + i % reach;
            const float low = rotated[a];
            const float high = rotated[a + reach];
            rotated[a] = low + high;
            rotated[a + reach] = low - high;
        }
    }
    barrier();
    for (uint d = lane; d < p.headDim; d += kGroupSize) {
        y[to + d] = Y_TYPE(rotated[d] * inversesqrt(float(p.headDim)) * codec[p.codecOffset + 16 + d] *
                           columnScaleOf(head, d));
    }
#endif
}
