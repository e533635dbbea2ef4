// SPDX-License-Identifier: MIT
// y[t,d] = x[t,d] + alpha * z[t,d]. One invocation per element, fp32; in place works.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/add.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { AddParams p; };
layout(set = 0, binding = 0) readonly buffer X { X_TYPE x[]; };
layout(set = 0, binding = 1) readonly buffer Z { Z_TYPE z[]; };
layout(set = 0, binding = 2) writeonly buffer Y { X_TYPE y[]; };

void main() {
    const uint index = invocationIndex();
    const uint row = index / p.columns;
    if (row >= p.rows) {
        return;
    }
    const uint column = index % p.columns;
    y[p.y.offset + row * p.y.stride + column] =
        X_TYPE(float(x[p.x.offset + row * p.x.stride + column]) +
               p.alpha * float(z[p.z.offset + row * p.z.stride + column]));
}
