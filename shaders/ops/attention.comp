// SPDX-License-Identifier: MIT
// y[t,h,:] = sum_s softmax_s(scale * q[t,h,:].k[s,h',:] + bias) * v[s,h',:] over the visible keys s, with an online softmax.
//
// The query heads that share a key/value head are rows of one problem, so that each key and value is read once for all of
// them: row r is query r / queriesPerKey, head h' * queriesPerKey + r % queriesPerKey. A workgroup (x: block of kRows rows,
// y: key/value head h') walks over the keys in tiles of kKeys that all its invocations load into shared memory. Per tile:
// scores, new maximum of each row, exponentials, then the accumulators (in registers) are rescaled and take up the values.
// Head dimensions are padded with zeros to a multiple of 4. fp32 throughout.
#version 450
#extension GL_GOOGLE_include_directive : require
#if defined(X_F16) || defined(KV_F16) || defined(Y_F16)
#extension GL_EXT_shader_16bit_storage : require
#endif
#include "shaders/include/types.glsl"
#include "shaders/params/attention.h"

#ifdef KV_F16
#define KV_TYPE float16_t
#else
#define KV_TYPE float
#endif

layout(push_constant) uniform Push { AttentionParams p; };
layout(set = 0, binding = 0) readonly buffer Q { X_TYPE q[]; };
layout(set = 0, binding = 1) readonly buffer K { KV_TYPE k[]; };
layout(set = 0, binding = 2) readonly buffer V { KV_TYPE v[]; };
// The next four may be anything when their option is off.
layout(set = 0, binding = 3) readonly buffer Positions { int positions[]; };
layout(set = 0, binding = 4) readonly buffer KvLength { int kvLength[]; };
layout(set = 0, binding = 5) readonly buffer KeyMask { int keyMask[]; };
layout(set = 0, binding = 6) readonly buffer RelativeBias { float relativeBias[]; };
layout(set = 0, binding = 7) writeonly buffer Y { Y_TYPE y[]; };

layout(local_size_x_id = 0) in;
layout(constant_id = 0) const uint kGroupSize = 128;
layout(constant_id = 1) const uint kHeadDim = 128;
layout(constant_id = 2) const uint kRows = 16;
layout(constant_id = 3) const uint kKeys = 16;
layout(constant_id = 4) const uint kCausal = 0;
layout(constant_id = 5) const uint kHasKvLength = 0;
layout(constant_id = 6) const uint kHasKeyMask = 0;
layout(constant_id = 7) const uint kHasRelativeBias = 0;

const uint kQuads = (kHeadDim + 3) / 4;
const uint kStride = kQuads + 1; // in quads; odd enough to spread rows over the banks
const uint kSums = (kRows * kQuads + kGroupSize - 1) / kGroupSize; // accumulators of an invocation
const float kHidden = -3.4e38;

shared vec4 tileQ[kRows * kStride];
shared vec4 tileKv[kKeys * kStride]; // keys, then values
shared float scores[kRows * kKeys];
shared float rowMax[kRows];
shared float rowFactor[kRows];
shared float rowSum[kRows];

vec4 maskTail(vec4 value, uint quad) {
    return mix(vec4(0), value, lessThan(uvec4(4 * quad) + uvec4(0, 1, 2, 3), uvec4(kHeadDim)));
}

/// Reads a quad of dimensions without leaving the row.
#define READ_QUAD(buffer, from, quad)                                                                                  \
    maskTail(vec4(float(buffer[from + min(4 * (quad), kHeadDim - 1)]),                                                 \
                  float(buffer[from + min(4 * (quad) + 1, kHeadDim - 1)]),                                             \
                  float(buffer[from + min(4 * (quad) + 2, kHeadDim - 1)]),                                             \
                  float(buffer[from + min(4 * (quad) + 3, kHeadDim - 1)])),                                            \
             quad)

void main() {
    const uint lane = gl_LocalInvocationID.x;
    const uint firstRow = gl_WorkGroupID.x * kRows;
    const uint kvHead = gl_WorkGroupID.y;
    const uint rows = p.queries * p.queriesPerKey;

    // Keys that any row of this block can see; the same for all invocations.
    uint keys = p.keys;
    if (kHasKvLength != 0) {
        keys = min(keys, uint(max(kvLength[p.kvLengthOffset], 0)));
    }
    if (kCausal != 0) {
        int last = -1;
        const uint lastQuery = (min(firstRow + kRows, rows) - 1) / p.queriesPerKey;
        for (uint t = firstRow / p.queriesPerKey; t <= lastQuery; ++t) {
            last = max(last, positions[p.positionsOffset + t]);
        }
        keys = min(keys, uint(last + 1));
    }

    for (uint i = lane; i < kRows * kQuads; i += kGroupSize) {
        const uint row = firstRow + i / kQuads;
        vec4 value = vec4(0);
        if (row < rows) {
            const uint head = kvHead * p.queriesPerKey + row % p.queriesPerKey;
            const uint from = p.q.offset + (row / p.queriesPerKey) * p.q.stride + head * kHeadDim;
            value = p.scale * READ_QUAD(q, from, i % kQuads);
        }
        tileQ[(i / kQuads) * kStride + i % kQuads] = value;
    }
    for (uint i = lane; i < kRows; i += kGroupSize) {
        rowMax[i] = kHidden;
        rowSum[i] = 0.0;
    }
    vec4 sums[kSums];
    for (uint i = 0; i < kSums; ++i) {
        sums[i] = vec4(0);
    }

    for (uint firstKey = 0; firstKey < keys; firstKey += kKeys) {
        barrier(); // the values of the last tile have been used
        for (uint i = lane; i < kKeys * kQuads; i += kGroupSize) {
            const uint key = min(firstKey + i / kQuads, keys - 1);
            const uint from = p.k.offset + key * p.k.stride + kvHead * kHeadDim;
            tileKv[(i / kQuads) * kStride + i % kQuads] = READ_QUAD(k, from, i % kQuads);
        }
        barrier();
        for (uint i = lane; i < kRows * kKeys; i += kGroupSize) {
            const uint r = i / kKeys;
            const uint key = firstKey + i % kKeys;
            const uint query = (firstRow + r) / p.queriesPerKey;
            bool visible = key < keys && firstRow + r < rows;
            if (kCausal != 0) {
                visible = visible && int(key) <= positions[p.positionsOffset + min(query, p.queries - 1)];
            }
            if (kHasKeyMask != 0) {
                visible = visible && keyMask[p.keyMaskOffset + min(key, p.keys - 1)] != 0;
            }
            float score = kHidden;
            if (visible) {
                vec4 products = vec4(0);
                for (uint d = 0; d < kQuads; ++d) {
                    products = fma(tileQ[r * kStride + d], tileKv[(i % kKeys) * kStride + d], products);
                }
                score = (products.x + products.y) + (products.z + products.w);
                if (kHasRelativeBias != 0) {
                    const int reach = int(p.maxDistance);
                    const uint distance = uint(clamp(int(key) - int(query), -reach, reach - 1) + reach);
                    const uint head = kvHead * p.queriesPerKey + (firstRow + r) % p.queriesPerKey;
                    score += relativeBias[p.relativeBias.offset + distance * p.relativeBias.stride + head];
                }
            }
            scores[i] = score;
        }
        barrier();
        for (uint r = lane; r < kRows; r += kGroupSize) {
            float largest = rowMax[r];
            for (uint s = 0; s < kKeys; ++s) {
                largest = max(largest, scores[r * kKeys + s]);
            }
            rowFactor[r] = exp(rowMax[r] - largest);
            rowMax[r] = largest;
        }
        for (uint i = lane; i < kKeys * kQuads; i += kGroupSize) {
            // Behind the last key the weight is 0, but the value must still be a number: repeat the last one.
            const uint key = min(firstKey + i / kQuads, keys - 1);
            const uint from = p.v.offset + key * p.v.stride + kvHead * kHeadDim;
            tileKv[(i / kQuads) * kStride + i % kQuads] = READ_QUAD(v, from, i % kQuads);
        }
        barrier();
        for (uint i = lane; i < kRows * kKeys; i += kGroupSize) {
            const float score = scores[i];
            scores[i] = score > kHidden ? exp(score - rowMax[i / kKeys]) : 0.0;
        }
        barrier();
        for (uint r = lane; r < kRows; r += kGroupSize) {
            float sum = rowSum[r] * rowFactor[r];
            for (uint s = 0; s < kKeys; ++s) {
                sum += scores[r * kKeys + s];
            }
            rowSum[r] = sum;
        }
        for (uint i = 0; i < kSums; ++i) {
            const uint job = i * kGroupSize + lane;
            const uint r = min(job / kQuads, kRows - 1);
            vec4 sum = sums[i] * rowFactor[r];
            for (uint s = 0; s < kKeys; ++s) {
                sum = fma(vec4(scores[r * kKeys + s]), tileKv[s * kStride + job % kQuads], sum);
            }
            sums[i] = sum;
        }
    }
    barrier();

    for (uint i = 0; i < kSums; ++i) {
        const uint job = i * kGroupSize + lane;
        const uint row = firstRow + job / kQuads;
        if (job < kRows * kQuads && row < rows) {
            const float total = rowSum[job / kQuads];
            const vec4 value = total > 0.0 ? sums[i] / total : vec4(0);
            const uint head = kvHead * p.queriesPerKey + row % p.queriesPerKey;
            const uint from = p.y.offset + (row / p.queriesPerKey) * p.y.stride + head * kHeadDim;
            for (uint c = 0; c < 4; ++c) {
                if (4 * (job % kQuads) + c < kHeadDim) {
                    y[from + 4 * (job % kQuads) + c] = Y_TYPE(value[c]);
                }
            }
        }
    }
}
