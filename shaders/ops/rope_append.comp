// SPDX-License-Identifier: MIT
// Half-split rotary embedding of q in place, (a, b) -> (a cos - b sin, b cos + a sin) for the column pairs (j, j + rotaryDim/2)
// of each head; the same of k into row positions[t] of the key cache; v copied into that of the value cache. One invocation per
// two columns of a head: a rotated pair, or two neighbours of what is not rotated. fp32.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/rope_append.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { RopeAppendParams p; };
layout(set = 0, binding = 0) buffer Qkv { X_TYPE qkv[]; };
layout(set = 0, binding = 1) readonly buffer TableRows { int tableRows[]; };
layout(set = 0, binding = 2) readonly buffer Positions { int positions[]; };
layout(set = 0, binding = 3) readonly buffer Table { float table[]; };
layout(set = 0, binding = 4) writeonly buffer K { Y_TYPE k[]; };
layout(set = 0, binding = 5) writeonly buffer V { Y_TYPE v[]; };

void main() {
    const uint rest = p.headDim - 2 * p.halfRotary; // columns that are not rotated
    const uint pairs = p.halfRotary + (rest + 1) / 2;
    const uint heads = p.queryHeads + 2 * p.kvHeads;
    const uint index = invocationIndex();
    const uint row = index / (heads * pairs);
    if (row >= p.rows) {
        return;
    }
    const uint head = index / pairs % heads;
    const uint pair = index % pairs;
    const uint from = p.qkv.offset + row * p.qkv.stride + head * p.headDim;
    const int slot = positions[p.positionsOffset + row];
    const bool stored = slot >= 0 && slot < int(p.capacity);

    if (head >= p.queryHeads + p.kvHeads) { // v
        const uint to = p.v.offset + uint(slot) * p.v.stride + (head - p.queryHeads - p.kvHeads) * p.headDim;
        for (uint d = 2 * pair; stored && d < min(2 * pair + 2, p.headDim); ++d) {
            v[to + d] = Y_TYPE(float(qkv[from + d]));
        }
        return;
    }
    const bool query = head < p.queryHeads;
    const uint to = p.k.offset + uint(slot) * p.k.stride + (head - p.queryHeads) * p.headDim;
    if (pair >= p.halfRotary) {
        const uint first = 2 * pair; // 2 halfRotary + 2 (pair - halfRotary)
        for (uint d = first; !query && stored && d < min(first + 2, p.headDim); ++d) {
            k[to + d] = Y_TYPE(float(qkv[from + d]));
        }
        return;
    }
    float a = float(qkv[from + pair]);
    float b = float(qkv[from + pair + p.halfRotary]);
    const int tableRow = tableRows[p.tableRowsOffset + row];
    if (tableRow >= 0 && tableRow < int(p.tableSize)) {
        const uint angle = p.table.offset + uint(tableRow) * p.table.stride + pair;
        const float cosine = table[angle];
        const float sine = table[angle + p.halfRotary];
        const float rotated = a * cosine - b * sine;
        b = b * cosine + a * sine;
        a = rotated;
    }
    if (query) {
        qkv[from + pair] = X_TYPE(a);
        qkv[from + pair + p.halfRotary] = X_TYPE(b);
    } else if (stored) {
        k[to + pair] = Y_TYPE(a);
        k[to + pair + p.halfRotary] = Y_TYPE(b);
    }
}
