// SPDX-License-Identifier: MIT
// y[t,m] = (x[t,m] - mean[m]) * inverseStd[m]. One invocation per element, fp32; in place works.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/normalize_mel.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { NormalizeMelParams p; };
layout(set = 0, binding = 0) readonly buffer X { float x[]; };
layout(set = 0, binding = 1) readonly buffer Mean { float mean[]; };
layout(set = 0, binding = 2) readonly buffer InverseStd { float inverseStd[]; };
layout(set = 0, binding = 3) writeonly buffer Y { Y_TYPE y[]; };

void main() {
    const uint index = invocationIndex();
    const uint row = index / p.columns;
    if (row >= p.rows) {
        return;
    }
    const uint column = index % p.columns;
    const float centred = x[p.x.offset + row * p.x.stride + column] - mean[p.meanOffset + column];
    y[p.y.offset + row * p.y.stride + column] =
        Y_TYPE(centred * inverseStd[p.inverseStdOffset + column]);
}
