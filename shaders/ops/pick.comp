// SPDX-License-Identifier: MIT
// The largest logit of a stretch, its number, and sum(exp(x - largest)) over the stretch. One workgroup per stretch (x) and row
// (y); pick_final joins them. fp32.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/params/pick.h"
#include "shaders/include/index.glsl"
#include "shaders/include/group_sum.glsl"
#include "shaders/include/pick_largest.glsl"

layout(push_constant) uniform Push { PickParams p; };
layout(set = 0, binding = 0) readonly buffer Logits { float logits[]; };
layout(set = 0, binding = 1) writeonly buffer Parts { uint parts[]; }; // [rows, groups, 3]: value, number, sum

void main() {
    const uint group = gl_WorkGroupID.x;
    const uint row = p.logitsOffset + gl_WorkGroupID.y * p.logitsStride;
    const uint begin = group * p.perGroup;
    const uint end = min(begin + p.perGroup, p.count);
    float best = kNothing;
    uint id = 0xffffffffu;
    for (uint i = begin + gl_LocalInvocationID.x; i < end; i += kGroupSize) {
        const float x = logits[row + i];
        if (x > best) {
            best = x;
            id = i;
        }
    }
    pickLargest(best, id);
    float sum = 0.0;
    for (uint i = begin + gl_LocalInvocationID.x; i < end; i += kGroupSize) {
        const float x = logits[row + i];
        if (x > kNothing) {
            sum += exp(x - best);
        }
    }
    sum = groupSum(sum);
    if (gl_LocalInvocationID.x == 0) {
        const uint at = p.partsOffset + 3 * (gl_WorkGroupID.y * p.groups + group);
        parts[at] = floatBitsToUint(best);
        parts[at + 1] = id;
        parts[at + 2] = floatBitsToUint(sum);
    }
}
