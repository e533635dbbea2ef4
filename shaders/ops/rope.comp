// SPDX-License-Identifier: MIT
// Half-split rotary embedding in place: (a, b) -> (a cos - b sin, b cos + a sin) for the column pairs (j, j + rotaryDim/2)
// of each rotated head. One invocation per pair; it alone reads and writes its two elements. fp32.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/rope.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { RopeParams p; };
layout(set = 0, binding = 0) buffer X { X_TYPE x[]; };
layout(set = 0, binding = 1) readonly buffer Positions { int positions[]; };
layout(set = 0, binding = 2) readonly buffer Table { float table[]; };

void main() {
    const uint pairsPerRow = p.heads * p.halfRotary;
    const uint index = invocationIndex();
    const uint row = index / pairsPerRow;
    if (row >= p.rows) {
        return;
    }
    const int tableRow = positions[p.positionsOffset + row] - p.tableBase;
    if (tableRow < 0 || tableRow >= int(p.tableRows)) {
        return;
    }
    const uint pair = index % pairsPerRow;
    const uint j = pair % p.halfRotary;
    const uint first = p.x.offset + row * p.x.stride + pair / p.halfRotary * p.headDim + j;
    const uint second = first + p.halfRotary;
    const uint angle = p.table.offset + uint(tableRow) * p.table.stride + j;
    const float cosine = table[angle];
    const float sine = table[angle + p.halfRotary];
    const float a = float(x[first]);
    const float b = float(x[second]);
    x[first] = X_TYPE(a * cosine - b * sine);
    x[second] = X_TYPE(b * cosine + a * sine);
}
