// SPDX-License-Identifier: MIT
// y[t,d] = x[t,d] / sqrt(mean_d(x[t,:]^2) + eps) * weight[d]
// One workgroup per row; its invocations walk the columns. Sums in fp32. Reads x twice, the second time from cache.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/rms_norm.h"
#include "shaders/include/index.glsl"
#include "shaders/include/group_sum.glsl"

layout(push_constant) uniform Push { RmsNormParams p; };
layout(set = 0, binding = 0) readonly buffer X { float x[]; };
layout(set = 0, binding = 1) readonly buffer Weight { float weight[]; };
layout(set = 0, binding = 2) writeonly buffer Y { Y_TYPE y[]; };

void main() {
    const uint row = groupIndex();
    if (row >= p.rows) {
        return;
    }
    const uint xRow = p.x.offset + row * p.x.stride;
    const uint yRow = p.y.offset + row * p.y.stride;
    float squares = 0.0;
    for (uint d = gl_LocalInvocationID.x; d < p.columns; d += kGroupSize) {
        const float value = x[xRow + d];
        squares += value * value;
    }
    const float scale = inversesqrt(groupSum(squares) / float(p.columns) + p.eps);
    for (uint d = gl_LocalInvocationID.x; d < p.columns; d += kGroupSize) {
        y[yRow + d] = Y_TYPE(x[xRow + d] * scale * weight[p.weightOffset + d]);
    }
}
