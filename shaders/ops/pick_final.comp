// SPDX-License-Identifier: MIT
// Joins the stretches of pick: number of the largest logit, the logit, log(sum(exp(x))) over all. One workgroup per row.
// fp32.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/params/pick.h"
#include "shaders/include/index.glsl"
#include "shaders/include/group_sum.glsl"
#include "shaders/include/pick_largest.glsl"

layout(push_constant) uniform Push { PickParams p; };
layout(set = 0, binding = 0) readonly buffer Parts { uint parts[]; }; // [rows, groups, 3]: value, number, sum
layout(set = 0, binding = 1) writeonly buffer Result { uint result[]; };

void main() {
    const uint firstPart = p.partsOffset + 3 * gl_WorkGroupID.x * p.groups;
    const uint to = p.resultOffset + 3 * gl_WorkGroupID.x;
    float best = kNothing;
    uint id = 0xffffffffu;
    for (uint i = gl_LocalInvocationID.x; i < p.groups; i += kGroupSize) {
        const float value = uintBitsToFloat(parts[firstPart + 3 * i]);
        const uint number = parts[firstPart + 3 * i + 1];
        if (value > best || (value == best && number < id)) {
            best = value;
            id = number;
        }
    }
    pickLargest(best, id);
    float sum = 0.0;
    for (uint i = gl_LocalInvocationID.x; i < p.groups; i += kGroupSize) {
        const uint at = firstPart + 3 * i;
        sum += exp(uintBitsToFloat(parts[at]) - best) * uintBitsToFloat(parts[at + 2]);
    }
    sum = groupSum(sum);
    if (gl_LocalInvocationID.x == 0) {
        result[to] = id;
        result[to + 1] = floatBitsToUint(best);
        result[to + 2] = floatBitsToUint(best + log(sum));
    }
}
