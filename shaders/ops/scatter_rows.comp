// SPDX-License-Identifier: MIT
// y[rows[n],:] = source[n,:]. One invocation per element of the source.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/scatter_rows.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { ScatterRowsParams p; };
layout(set = 0, binding = 0) readonly buffer Source { X_TYPE source[]; };
layout(set = 0, binding = 1) readonly buffer Ids { int ids[]; };
layout(set = 0, binding = 2) writeonly buffer Y { float y[]; };

void main() {
    const uint index = invocationIndex();
    const uint row = index / p.columns;
    if (row >= p.rows) {
        return;
    }
    const uint target = uint(ids[p.idsOffset + row]);
    if (target >= p.destinationRows) {
        return;
    }
    const uint column = index % p.columns;
    y[p.y.offset + target * p.y.stride + column] =
        float(source[p.source.offset + row * p.source.stride + column]);
}
