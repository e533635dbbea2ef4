// SPDX-License-Identifier: MIT
// y[t,h,:] = sum_s softmax_s(scale * q[t,h,:].k[s,h',:] + bias) * v[s,h',:] over the visible keys s, with an online softmax.
//
// The query heads that share a key/value head are rows of one problem, so that each key and value is read once for all of
// them: row r is query r / queriesPerKey, head h' * queriesPerKey + r % queriesPerKey. A workgroup (x: block of kRows rows,
// y: key/value head h') walks over the keys in tiles of kKeys that all its invocations load into shared memory. Per tile:
// scores (4 rows x kThreadKeys keys per invocation), new maximum of each row, exponentials, then the accumulators (4 rows x 4
// dimensions, in registers) are rescaled and take up the values. Head dimensions are padded with zeros to a multiple of 4.
// fp32 throughout.
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
layout(set = 0, binding = 8) readonly buffer ColumnScale { float columnScale[]; }; // anything when its option is off

layout(local_size_x_id = 0) in;
layout(constant_id = 0) const uint kGroupSize = 64;
layout(constant_id = 1) const uint kHeadDim = 128;
layout(constant_id = 2) const uint kRows = 32; // a multiple of 4
layout(constant_id = 3) const uint kKeys = 16; // a multiple of kThreadKeys
layout(constant_id = 4) const uint kThreadKeys = 2;
layout(constant_id = 5) const uint kCausal = 0;
layout(constant_id = 6) const uint kHasKvLength = 0;
layout(constant_id = 7) const uint kHasKeyMask = 0;
layout(constant_id = 8) const uint kHasRelativeBias = 0;
layout(constant_id = 9) const uint kRolled = 0;
layout(constant_id = 10) const uint kHasColumnScale = 0;
#include "shaders/include/rolled.glsl"

const uint kQuads = (kHeadDim + 3) / 4;
const uint kStride = kQuads + 1; // in quads; one more than needed spreads rows over the banks
const uint kRowQuads = kRows / 4;
const uint kKeyTeams = kKeys / kThreadKeys;
// Accumulators of an invocation, each 4 rows x 4 dimensions.
const uint kBlocks = (kRowQuads * kQuads + kGroupSize - 1) / kGroupSize;
const float kHidden = -3.4e38;

shared vec4 tileQ[kRows * kStride];
shared vec4 tileKv[kKeys * kStride]; // keys, then values
shared vec4 scores[kKeys * kRowQuads]; // 4 rows of one key together
shared vec4 rowMax[kRowQuads];
shared vec4 rowFactor[kRowQuads];
shared vec4 rowSum[kRowQuads];

/// The score of a row and key from their bare product.
float finishScore(float product, uint row, uint key, uint keys, uint kvHead) {
    const uint query = row / p.queriesPerKey;
    bool visible = key < keys && query < p.queries;
    if (kCausal != 0) {
        visible = visible && int(key) <= positions[p.positionsOffset + min(query, p.queries - 1)];
    }
    if (kHasKeyMask != 0) {
        visible = visible && keyMask[p.keyMaskOffset + min(key, p.keys - 1)] != 0;
    }
    if (kHasRelativeBias != 0) {
        const int reach = int(p.maxDistance);
        const uint distance = uint(clamp(int(key) - int(query), -reach, reach - 1) + reach);
        const uint head = kvHead * p.queriesPerKey + row % p.queriesPerKey;
        product += relativeBias[p.relativeBias.offset + distance * p.relativeBias.stride + head];
    }
    return visible ? product : kHidden;
}

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
    for (uint i = lane; i < kRowQuads; i += kGroupSize) {
        rowMax[i] = vec4(kHidden);
        rowSum[i] = vec4(0);
    }
    vec4 sums[4 * kBlocks];
    for (uint i = 0; i < 4 * kBlocks; ++i) {
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
        for (uint job = lane; job < kRowQuads * kKeyTeams; job += kGroupSize) {
            const uint rowQuad = job / kKeyTeams;
            const uint team = job % kKeyTeams; // keys team, team + kKeyTeams, ...
            vec4 products[4 * kThreadKeys];
            for (uint i = 0; i < 4 * kThreadKeys; ++i) {
                products[i] = vec4(0);
            }
            for (uint d = 0; d < BOUND(kQuads); ++d) {
                vec4 rows4[4];
                for (uint r = 0; r < 4; ++r) {
                    rows4[r] = tileQ[(4 * rowQuad + r) * kStride + d];
                }
                for (uint n = 0; n < kThreadKeys; ++n) {
                    const vec4 key = tileKv[(team + n * kKeyTeams) * kStride + d];
                    for (uint r = 0; r < 4; ++r) {
                        products[4 * n + r] = fma(rows4[r], key, products[4 * n + r]);
                    }
                }
            }
            for (uint n = 0; n < kThreadKeys; ++n) {
                const uint slot = team + n * kKeyTeams;
                vec4 finished;
                for (uint r = 0; r < 4; ++r) {
                    finished[r] = finishScore(dot(products[4 * n + r], vec4(1)), firstRow + 4 * rowQuad + r,
                                              firstKey + slot, keys, kvHead);
                }
                scores[slot * kRowQuads + rowQuad] = finished;
            }
        }
        barrier();
        for (uint i = lane; i < kRowQuads; i += kGroupSize) {
            vec4 largest = rowMax[i];
            for (uint s = 0; s < BOUND(kKeys); ++s) {
                largest = max(largest, scores[s * kRowQuads + i]);
            }
            rowFactor[i] = exp(rowMax[i] - largest);
            rowMax[i] = largest;
        }
        for (uint i = lane; i < kKeys * kQuads; i += kGroupSize) {
            // Behind the last key the weight is 0, but the value must still be a number: repeat the last one.
            const uint key = min(firstKey + i / kQuads, keys - 1);
            const uint from = p.v.offset + key * p.v.stride + kvHead * kHeadDim;
            tileKv[(i / kQuads) * kStride + i % kQuads] = READ_QUAD(v, from, i % kQuads);
        }
        barrier();
        for (uint i = lane; i < kKeys * kRowQuads; i += kGroupSize) {
            const vec4 score = scores[i];
            scores[i] = mix(vec4(0), exp(score - rowMax[i % kRowQuads]), greaterThan(score, vec4(kHidden)));
        }
        barrier();
        for (uint i = lane; i < kRowQuads; i += kGroupSize) {
            vec4 sum = rowSum[i] * rowFactor[i];
            for (uint s = 0; s < BOUND(kKeys); ++s) {
                sum += scores[s * kRowQuads + i];
            }
            rowSum[i] = sum;
        }
        for (uint b = 0; b < kBlocks; ++b) {
            const vec4 factor = rowFactor[min((b * kGroupSize + lane) / kQuads, kRowQuads - 1)];
            for (uint r = 0; r < 4; ++r) {
                sums[4 * b + r] *= factor[r];
            }
        }
        for (uint s = 0; s < BOUND(kKeys); ++s) {
            for (uint b = 0; b < kBlocks; ++b) {
                const uint job = b * kGroupSize + lane;
                const vec4 weights = scores[s * kRowQuads + min(job / kQuads, kRowQuads - 1)];
                const vec4 value = tileKv[s * kStride + job % kQuads];
                for (uint r = 0; r < 4; ++r) {
                    sums[4 * b + r] = fma(vec4(weights[r]), value, sums[4 * b + r]);
                }
            }
        }
    }
    barrier();

    for (uint b = 0; b < kBlocks; ++b) {
        const uint job = b * kGroupSize + lane;
        const uint rowQuad = min(job / kQuads, kRowQuads - 1);
        for (uint r = 0; r < 4; ++r) {
            const uint row = firstRow + 4 * rowQuad + r;
            if (job < kRowQuads * kQuads && row < rows) {
                const float total = rowSum[rowQuad][r];
                const vec4 value = total > 0.0 ? sums[4 * b + r] / total : vec4(0);
                const uint head = kvHead * p.queriesPerKey + row % p.queriesPerKey;
                const uint from = p.y.offset + (row / p.queriesPerKey) * p.y.stride + head * kHeadDim;
                for (uint c = 0; c < 4; ++c) {
                    const uint d = 4 * (job % kQuads) + c;
                    if (d < kHeadDim) {
                        float scale = 1.0;
                        if (kHasColumnScale != 0) {
                            scale = columnScale[p.columnScaleOffset + head * kHeadDim + d];
                        }
                        y[from + d] = Y_TYPE(value[c] * scale);
                    }
                }
            }
        }
    }
}
