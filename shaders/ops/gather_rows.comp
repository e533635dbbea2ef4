// SPDX-License-Identifier: MIT
// y[t,:] = source[ids[t],:] * columnScale for the ids whose rows this binding holds; -DFROM_WEIGHTS reads a piece of a weight matrix,
// otherwise the source is an activation of type X. One invocation per element of y.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/gather_rows.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { GatherRowsParams p; };
#ifdef FROM_WEIGHTS
#define WEIGHT_BINDING 0
#define PACKING_CONSTANT 1
#include "shaders/include/weights.glsl"
layout(constant_id = 2) const uint kHasColumnScale = 0;
layout(set = 0, binding = 3) readonly buffer ColumnScale { float columnScale[]; }; // anything when there is none
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
#ifdef FROM_WEIGHTS
    float value = weightAt(p.source, sourceRow, column);
    if (kHasColumnScale != 0) {
        value *= columnScale[p.columnScaleOffset + column];
    }
#else
    const float value = float(source[p.source.offset + sourceRow * p.source.stride + column]);
#endif
    y[p.y.offset + row * p.y.stride + column] = Y_TYPE(value);
}
