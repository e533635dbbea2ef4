// SPDX-License-Identifier: MIT
// y[t,c] = bias[c] + sum_j weight[c,j] * x[t - (taps-1) + j, c], rows in front of row 0 are zeros.
// One invocation per element, sums in fp32.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/conv1d_depthwise.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { Conv1dDepthwiseParams p; };
layout(set = 0, binding = 0) readonly buffer X { X_TYPE x[]; };
layout(set = 0, binding = 1) readonly buffer Weight { float weight[]; };
layout(set = 0, binding = 2) readonly buffer Bias { float bias[]; };
layout(set = 0, binding = 3) writeonly buffer Y { Y_TYPE y[]; };

void main() {
    const uint index = invocationIndex();
    const uint row = index / p.columns;
    if (row >= p.rows) {
        return;
    }
    const uint column = index % p.columns;
    float sum = bias[p.biasOffset + column];
    // Taps that reach in front of row 0 are skipped.
    const uint missing = p.taps - 1 - min(row, p.taps - 1);
    for (uint j = missing; j < p.taps; ++j) {
        const uint xRow = row + j - (p.taps - 1);
        sum += weight[p.weight.offset + column * p.weight.stride + j] *
               float(x[p.x.offset + xRow * p.x.stride + column]);
    }
    y[p.y.offset + row * p.y.stride + column] = Y_TYPE(sum);
}
