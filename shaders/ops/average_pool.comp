// SPDX-License-Identifier: MIT
// Mean over 2x2 blocks of a grid of rows; several grids lie one behind the other. One invocation per element of y, sums in fp32.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/average_pool.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { AveragePoolParams p; };
layout(set = 0, binding = 0) readonly buffer X { X_TYPE x[]; };
layout(set = 0, binding = 1) writeonly buffer Y { Y_TYPE y[]; };

void main() {
    const uint pooled = p.grid / 2;
    const uint index = invocationIndex();
    const uint row = index / p.columns;
    if (row >= p.grids * pooled * pooled) {
        return;
    }
    const uint column = index % p.columns;
    // An even grid: row / pooled counts pairs of grid rows through all grids.
    const uint firstRow = row / pooled * 2 * p.grid + row % pooled * 2;
    const uint first = p.x.offset + firstRow * p.x.stride + column;
    const uint below = first + p.grid * p.x.stride;
    const float sum = float(x[first]) + float(x[first + p.x.stride]) + float(x[below]) +
                      float(x[below + p.x.stride]);
    y[p.y.offset + row * p.y.stride + column] = Y_TYPE(0.25 * sum);
}
