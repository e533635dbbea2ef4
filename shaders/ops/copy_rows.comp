// SPDX-License-Identifier: MIT
// y[t,d] = x[t,d] with change of type. One invocation per element.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/copy_rows.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { CopyRowsParams p; };
layout(set = 0, binding = 0) readonly buffer X { X_TYPE x[]; };
layout(set = 0, binding = 1) writeonly buffer Y { Y_TYPE y[]; };

void main() {
    const uint index = invocationIndex();
    const uint row = index / p.columns;
    if (row >= p.rows) {
        return;
    }
    const uint column = index % p.columns;
    y[p.y.offset + row * p.y.stride + column] = Y_TYPE(float(x[p.x.offset + row * p.x.stride + column]));
}
