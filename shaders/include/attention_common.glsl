// SPDX-License-Identifier: MIT
// What the shaders of attention share: operands, options, and what is added to a score or multiplies an output.
#include "shaders/include/types.glsl"
#include "shaders/params/attention.h"

#if defined(KV_TQ4) || defined(KV_K8V4)
#define KV_CODED
#define KV_TYPE uint
#elif defined(KV_F16) && defined(KV_WIDE)
#define KV_TYPE uvec2
#elif defined(KV_F16)
#define KV_TYPE float16_t
#elif defined(KV_WIDE)
#define KV_TYPE vec4
#else
#define KV_TYPE float
#endif
#ifndef V_TYPE
#define V_TYPE KV_TYPE
#endif

layout(push_constant) uniform Push { AttentionParams p; };
layout(set = 0, binding = 0) readonly buffer Q { X_TYPE q[]; };
layout(set = 0, binding = 1) readonly buffer K { KV_TYPE k[]; };
layout(set = 0, binding = 2) readonly buffer V { V_TYPE v[]; };
// The next four may be anything when their option is off.
layout(set = 0, binding = 3) readonly buffer Positions { int positions[]; };
layout(set = 0, binding = 4) readonly buffer KvLength { int kvLength[]; };
layout(set = 0, binding = 5) readonly buffer KeyMask { int keyMask[]; };
layout(set = 0, binding = 6) readonly buffer RelativeBias { float relativeBias[]; }; // coded: levels, then signs
layout(set = 0, binding = 7) writeonly buffer Y { Y_TYPE y[]; };
layout(set = 0, binding = 8) readonly buffer ColumnScale { float columnScale[]; }; // anything when its option is off

layout(local_size_x_id = 0) in;
layout(constant_id = 0) const uint kGroupSize = 64;
layout(constant_id = 1) const uint kHeadDim = 128;
layout(constant_id = 5) const uint kCausal = 0;
layout(constant_id = 6) const uint kHasKvLength = 0;
layout(constant_id = 7) const uint kHasKeyMask = 0;
layout(constant_id = 8) const uint kHasRelativeBias = 0;
layout(constant_id = 9) const uint kRolled = 0;
layout(constant_id = 11) const uint kHasColumnScale = 0;
#include "shaders/include/rolled.glsl"

const float kHidden = -3.4e38;

/// Which of the equal stretches of queries and keys this workgroup has; p.queries and p.keys are those of one stretch.
uint sequence() {
#ifdef SPLIT
    return 0; // z counts parts of the keys there
#else
    return gl_WorkGroupID.z;
#endif
}

uint queryFrom(uint query) {
    return p.q.offset + (sequence() * p.queries + query) * p.q.stride;
}

uint keyFrom(uint key) {
    return p.k.offset + (sequence() * p.keys + key) * p.k.stride;
}

uint valueFrom(uint key) {
    return p.v.offset + (sequence() * p.keys + key) * p.v.stride;
}

uint resultFrom(uint query) {
    return p.y.offset + (sequence() * p.queries + query) * p.y.stride;
}

/// Whether the mask lets the key be seen; any key may be asked for.
bool inMask(uint key) {
    return kHasKeyMask == 0 || keyMask[p.keyMaskOffset + sequence() * p.keys + min(key, p.keys - 1)] != 0;
}

/// Of a query head that shares this key/value head with others.
uint headOf(uint row, uint kvHead) {
    return kvHead * p.queriesPerKey + row % p.queriesPerKey;
}

float biasOf(uint row, uint key, uint kvHead) {
    const int query = int(row / p.queriesPerKey);
    const int reach = int(p.maxDistance);
    const uint distance = uint(clamp(int(key) - query, -reach, reach - 1) + reach);
    return relativeBias[p.relativeBias.offset + distance * p.relativeBias.stride + headOf(row, kvHead)];
}

float columnScaleOf(uint head, uint d) {
    return kHasColumnScale != 0 ? columnScale[p.columnScaleOffset + head * kHeadDim + d] : 1.0;
}

/// The rows of a workgroup, [first, end), where at most `most` fit.
void rowsOfGroup(uint most, out uint first, out uint end) {
    const uint groups = (p.togetherRows + most - 1) / most; // of rows that may share one
    const uint begin = gl_WorkGroupID.x / groups * p.togetherRows;
    first = begin + gl_WorkGroupID.x % groups * most;
    end = min(first + most, begin + p.togetherRows);
}

/// Keys that any of `count` rows from `first` on can see; the same for all invocations.
uint seenKeys(uint first, uint count) {
    uint keys = p.keys;
    if (kHasKvLength != 0) {
        keys = min(keys, uint(max(kvLength[p.kvLengthOffset], 0)));
    }
    if (kCausal != 0) {
        int last = -1;
        const uint lastQuery = (min(first + count, p.queries * p.queriesPerKey) - 1) / p.queriesPerKey;
        for (uint t = first / p.queriesPerKey; t <= lastQuery; ++t) {
            last = max(last, positions[p.positionsOffset + t]);
        }
        keys = min(keys, uint(last + 1));
    }
    return keys;
}
