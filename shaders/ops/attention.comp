// SPDX-License-Identifier: MIT
// y[t,h,:] = sum_s softmax_s(scale * q[t,h,:].k[s,h',:] + bias) * v[s,h',:] over the visible keys s, with an online softmax.
//
// The query heads that share a key/value head are rows of one problem, so that each key and value is read once for all of
// them: row r is query r / queriesPerKey, head h' * queriesPerKey + r % queriesPerKey. A workgroup (x: block of kRows rows,
// y: key/value head h') walks over the keys in tiles of kKeys that all its invocations load into shared memory. Per tile:
// scores (4 rows x kThreadKeys keys per invocation), new maximum of each row, exponentials, then the accumulators (4 rows x 4
// dimensions, in registers) are rescaled and take up the values. Head dimensions are padded with zeros to a multiple of 4.
// fp32 throughout.
//
// KV_WIDE reads keys and values in quads, where offsets, strides and head size are multiples of 4. KV_TQ4 and KV_K8V4 read the
// codes that rope_append writes; keys, values and queries then are in the rotated frame, and the result is rotated back.
// SPLIT: z = part of the key range, and what comes out are unfinished sums for attention_reduce: one query is too little work
// for a graphics card otherwise. Without it z = sequence, where the rows are several sequences one behind the other.
#version 450
#extension GL_GOOGLE_include_directive : require
#if defined(X_F16) || defined(Y_F16) || (defined(KV_F16) && !defined(KV_WIDE))
#extension GL_EXT_shader_16bit_storage : require
#endif
#include "shaders/include/attention_common.glsl"

layout(constant_id = 2) const uint kRows = 32; // a multiple of 4
layout(constant_id = 3) const uint kKeys = 16; // a multiple of kThreadKeys
layout(constant_id = 4) const uint kThreadKeys = 2;
layout(constant_id = 10) const uint kSplits = 1;

const uint kQuads = (kHeadDim + 3) / 4;
const uint kStride = kQuads + 1; // in quads; one more than needed spreads rows over the banks
const uint kRowQuads = kRows / 4;
const uint kKeyTeams = kKeys / kThreadKeys;
// Accumulators of an invocation, each 4 rows x 4 dimensions.
const uint kBlocks = (kRowQuads * kQuads + kGroupSize - 1) / kGroupSize;

shared vec4 tileQ[kRows * kStride];
shared vec4 tileKv[kKeys * kStride]; // keys, then values
shared vec4 scores[kKeys * kRowQuads]; // 4 rows of one key together
shared vec4 rowMax[kRowQuads];
shared vec4 rowFactor[kRowQuads];
shared vec4 rowSum[kRowQuads];
#ifdef KV_CODED
#include "shaders/include/kv_codes.glsl"
#endif

uint firstRow;
uint endRow;

/// The score of a row and key from their bare product.
float finishScore(float product, uint row, uint key, uint keys, uint kvHead) {
    const uint query = row / p.queriesPerKey;
    bool visible = key < keys && row < endRow;
    if (kCausal != 0) {
        visible = visible && int(key) <= positions[p.positionsOffset + min(query, p.queries - 1)];
    }
    visible = visible && inMask(key);
    if (kHasRelativeBias != 0) {
        product += biasOf(row, key, kvHead);
    }
    return visible ? product : kHidden;
}

vec4 maskTail(vec4 value, uint quad) {
    return mix(vec4(0), value, lessThan(uvec4(4 * quad) + uvec4(0, 1, 2, 3), uvec4(kHeadDim)));
}

#if defined(KV_CODED)
vec4 keyQuad(uint key, uint kvHead, uint quad) {
    const uint row = keyFrom(key);
    const float scale = unpackHalf2x16(k[row + p.kvHeads * kKeyWords + kvHead]).x;
    return scale * decodeKeyQuad(k[row + kvHead * kKeyWords + quad * kKeyWords / kQuads], quad);
}

vec4 valueQuad(uint key, uint kvHead, uint quad) {
    const float scale = unpackHalf2x16(k[keyFrom(key) + p.kvHeads * kKeyWords + kvHead]).y;
    return scale * decodeLevelQuad(v[valueFrom(key) + kvHead * kValueWords + quad / 2], quad);
}
#elif defined(KV_WIDE)
#ifdef KV_F16
#define TO_QUAD(bits) vec4(unpackHalf2x16((bits).x), unpackHalf2x16((bits).y))
#else
#define TO_QUAD(bits) (bits)
#endif

vec4 keyQuad(uint key, uint kvHead, uint quad) {
    return TO_QUAD(k[(keyFrom(key) + kvHead * kHeadDim) / 4 + quad]);
}

vec4 valueQuad(uint key, uint kvHead, uint quad) {
    return TO_QUAD(v[(valueFrom(key) + kvHead * kHeadDim) / 4 + quad]);
}
#else
#define KV_NARROW
#endif

/// Reads a quad of dimensions without leaving the row.
#define READ_QUAD(buffer, from, quad)                                                                                  \
    maskTail(vec4(float(buffer[from + min(4 * (quad), kHeadDim - 1)]),                                                 \
                  float(buffer[from + min(4 * (quad) + 1, kHeadDim - 1)]),                                             \
                  float(buffer[from + min(4 * (quad) + 2, kHeadDim - 1)]),                                             \
                  float(buffer[from + min(4 * (quad) + 3, kHeadDim - 1)])),                                            \
             quad)

#ifdef KV_NARROW
vec4 keyQuad(uint key, uint kvHead, uint quad) {
    const uint from = keyFrom(key) + kvHead * kHeadDim;
    return READ_QUAD(k, from, quad);
}

vec4 valueQuad(uint key, uint kvHead, uint quad) {
    const uint from = valueFrom(key) + kvHead * kHeadDim;
    return READ_QUAD(v, from, quad);
}
#endif

#ifdef KV_CODED
/// Hadamard transform of all rows in tileQ, then the signs.
void rotateBack(uint lane) {
    for (uint reach = 1; reach < kHeadDim; reach *= 2) {
        barrier();
        for (uint i = lane; i < kRows * kHeadDim / 2; i += kGroupSize) {
            const uint pair = i % (kHeadDim / 2);
            const uint a = pair / reach * 2 * reach + pair % reach;
            const uint b = a + reach;
            const uint row = i / (kHeadDim / 2) * kStride;
            const float low = tileQ[row + a / 4][a % 4];
            const float high = tileQ[row + b / 4][b % 4];
            tileQ[row + a / 4][a % 4] = low + high;
            tileQ[row + b / 4][b % 4] = low - high;
        }
    }
    barrier();
}
#endif

void main() {
    const uint lane = gl_LocalInvocationID.x;
    rowsOfGroup(kRows, firstRow, endRow);
    const uint kvHead = gl_WorkGroupID.y;

    const uint keys = seenKeys(firstRow, endRow - firstRow);
    uint beginKey = 0;
    uint endKey = keys;
#ifdef SPLIT
    const uint tilesPerSplit = ((keys + kKeys - 1) / kKeys + kSplits - 1) / kSplits;
    beginKey = min(gl_WorkGroupID.z * tilesPerSplit * kKeys, keys);
    endKey = min(beginKey + tilesPerSplit * kKeys, keys);
#endif
#ifdef KV_CODED
    loadLevels(lane);
#endif

    for (uint i = lane; i < kRows * kQuads; i += kGroupSize) {
        const uint row = firstRow + i / kQuads;
        vec4 value = vec4(0);
        if (row < endRow) {
            const uint head = headOf(row, kvHead);
            const uint from = queryFrom(row / p.queriesPerKey) + head * kHeadDim;
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

    for (uint firstKey = beginKey; firstKey < endKey; firstKey += kKeys) {
        barrier(); // the values of the last tile have been used
        for (uint i = lane; i < kKeys * kQuads; i += kGroupSize) {
            const uint key = min(firstKey + i / kQuads, keys - 1);
            tileKv[(i / kQuads) * kStride + i % kQuads] = keyQuad(key, kvHead, i % kQuads);
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
            tileKv[(i / kQuads) * kStride + i % kQuads] = valueQuad(key, kvHead, i % kQuads);
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
            if (job >= kRowQuads * kQuads) {
                continue;
            }
            const float total = rowSum[rowQuad][r];
#if defined(SPLIT)
            if (row < endRow) {
                // [kSplits, heads, queries, kHeadDim + 2]: sums, largest score, sum of weights
                const uint head = headOf(row, kvHead);
                const uint from =
                    ((gl_WorkGroupID.z * p.kvHeads * p.queriesPerKey + head) * p.queries + row / p.queriesPerKey) *
                    (kHeadDim + 2);
                for (uint c = 0; c < 4 && 4 * (job % kQuads) + c < kHeadDim; ++c) {
                    y[p.y.offset + from + 4 * (job % kQuads) + c] = sums[4 * b + r][c];
                }
                if (job % kQuads == 0) {
                    y[p.y.offset + from + kHeadDim] = rowMax[rowQuad][r];
                    y[p.y.offset + from + kHeadDim + 1] = total;
                }
            }
#else
            const vec4 value = total > 0.0 ? sums[4 * b + r] / total : vec4(0);
#ifdef KV_CODED
            tileQ[(4 * rowQuad + r) * kStride + job % kQuads] = value; // the queries are not needed any more
#else
            if (row < endRow) {
                const uint head = headOf(row, kvHead);
                const uint from = resultFrom(row / p.queriesPerKey) + head * kHeadDim;
                for (uint c = 0; c < 4; ++c) {
                    const uint d = 4 * (job % kQuads) + c;
                    if (d < kHeadDim) {
                        y[from + d] = Y_TYPE(value[c] * columnScaleOf(head, d));
                    }
                }
            }
#endif
#endif
        }
    }
#if defined(KV_CODED) && !defined(SPLIT)
    rotateBack(lane);
    for (uint i = lane; i < kRows * kHeadDim; i += kGroupSize) {
        const uint row = firstRow + i / kHeadDim;
        const uint d = i % kHeadDim;
        if (row < endRow) {
            const uint head = headOf(row, kvHead);
            y[resultFrom(row / p.queriesPerKey) + head * kHeadDim + d] =
                Y_TYPE(tileQ[i / kHeadDim * kStride + d / 4][d % 4] * inversesqrt(float(kHeadDim)) * signOf(d) *
                       columnScaleOf(head, d));
        }
    }
#endif
}
