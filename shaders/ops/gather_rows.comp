// SPDX-License-Identifier: MIT
// y[t,:] = source[ids[t],:] for the ids whose rows this binding holds; -DFROM_WEIGHTS reads a piece of a weight matrix,
// otherwise the source is an activation of type X. One invocation per element of y.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/gather_rows.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { GatherRowsParams p; };
#ifdef FROM_WEIGHTS
#define WEIGHT_BINDING 0
#include "shaders/include/weights.glsl"
#else
layout(set = 0, binding = 0) readonly buffer Source { X_TYPE source[]; };
#endif
layout(set = 0, binding = 1) readonly buffer Ids { int ids[]; };
layout(set = 0, binding = 2) writeonly buffer Y { Y_TYPE y[]; };

void main() {
    const uint index = invocationIndex();
    const uint row = index / p.columns;
    if (row >= p.rows) {
        return;
    }
    // One comparison for both ends: ids in front of this piece wrap to very large numbers.
    const uint sourceRow = uint(ids[p.idsOffset + row]) - p.firstSourceRow;
    if (sourceRow >= p.sourceRows) {
        return;
    }
    const uint column = index % p.columns;
    const uint from = p.source.offset + sourceRow * p.source.stride + column;
#ifdef FROM_WEIGHTS
    const float value = weightAt(from);
#else
    const float value = float(source[from]);
#endif
    y[p.y.offset + row * p.y.stride + column] = Y_TYPE(value);
}
