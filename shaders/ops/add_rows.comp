// SPDX-License-Identifier: MIT
// x[t,:] += table[ids[t],:] for the ids whose rows this piece of the table holds. One invocation per element of x, fp32.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/add_rows.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { AddRowsParams p; };
#define WEIGHT_BINDING 0
#include "shaders/include/weights.glsl"
layout(set = 0, binding = 1) readonly buffer Ids { int ids[]; };
layout(set = 0, binding = 2) buffer X { float x[]; };

void main() {
    const uint index = invocationIndex();
    const uint row = index / p.columns;
    if (row >= p.rows) {
        return;
    }
    // One comparison for both ends: ids in front of this piece wrap to very large numbers.
    const uint tableRow = uint(ids[p.idsOffset + row]) - p.firstTableRow;
    if (tableRow >= p.tableRows) {
        return;
    }
    const uint column = index % p.columns;
    x[p.x.offset + row * p.x.stride + column] +=
        weightAt(p.table, tableRow, column);
}
