// SPDX-License-Identifier: MIT
// k[positions[t],:] and v[positions[t],:] = their columns of qkv[t,:]. One invocation per column of k, which copies that of v
// too.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/kv_append.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { KvAppendParams p; };
layout(set = 0, binding = 0) readonly buffer Qkv { X_TYPE qkv[]; };
layout(set = 0, binding = 1) readonly buffer Positions { int positions[]; };
layout(set = 0, binding = 2) writeonly buffer K { Y_TYPE k[]; };
layout(set = 0, binding = 3) writeonly buffer V { Y_TYPE v[]; };

void main() {
    const uint index = invocationIndex();
    const uint row = index / p.columns;
    if (row >= p.rows) {
        return;
    }
    const int slot = positions[p.positionsOffset + row];
    if (slot < 0 || slot >= int(p.capacity)) {
        return;
    }
    const uint column = index % p.columns;
    const uint from = p.qkv.offset + row * p.qkv.stride + column;
    k[p.k.offset + uint(slot) * p.k.stride + column] = Y_TYPE(float(qkv[from + p.keyColumn]));
    v[p.v.offset + uint(slot) * p.v.stride + column] = Y_TYPE(float(qkv[from + p.valueColumn]));
}
