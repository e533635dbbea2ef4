// SPDX-License-Identifier: MIT
// y[t,d] = (x[t,d] - mean) / sqrt(variance + eps) * weight[d] + bias[d]
// One workgroup per row; its invocations walk the columns. fp32, and the variance in a pass of its own around the mean: the
// shorter mean(x^2) - mean^2 loses all digits where the mean is large. x is read three times, twice from cache.
// In place works because each invocation reads an element for the last time before it writes it.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/layer_norm.h"
#include "shaders/include/index.glsl"
#include "shaders/include/group_sum.glsl"

layout(push_constant) uniform Push { LayerNormParams p; };
layout(set = 0, binding = 0) readonly buffer X { X_TYPE x[]; };
layout(set = 0, binding = 1) readonly buffer Weight { float weight[]; };
layout(set = 0, binding = 2) readonly buffer Bias { float bias[]; };
layout(set = 0, binding = 3) writeonly buffer Y { Y_TYPE y[]; };

void main() {
    const uint row = groupIndex();
    if (row >= p.rows) {
        return;
    }
    const uint xRow = p.x.offset + row * p.x.stride;
    const uint yRow = p.y.offset + row * p.y.stride;
    float sum = 0.0;
    for (uint d = gl_LocalInvocationID.x; d < p.columns; d += kGroupSize) {
        sum += float(x[xRow + d]);
    }
    const float mean = groupSum(sum) / float(p.columns);
    float squares = 0.0;
    for (uint d = gl_LocalInvocationID.x; d < p.columns; d += kGroupSize) {
        const float centred = float(x[xRow + d]) - mean;
        squares += centred * centred;
    }
    const float scale = inversesqrt(groupSum(squares) / float(p.columns) + p.eps);
    for (uint d = gl_LocalInvocationID.x; d < p.columns; d += kGroupSize) {
        const float normalised = (float(x[xRow + d]) - mean) * scale;
        y[yRow + d] = Y_TYPE(normalised * weight[p.weightOffset + d] + bias[p.biasOffset + d]);
    }
}
