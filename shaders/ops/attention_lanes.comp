// SPDX-License-Identifier: MIT
// The same attention on the software device, which runs the lanes of a subgroup as one vector of the processor but loads for each
// lane in turn. So a workgroup is one subgroup with kRows rows (x: block of rows, y: key/value head, z: sequence), and what is loaded serves
// all of them: for the scores each lane owns kLaneKeys whole keys of a tile and gets the queries by broadcast; for the result it
// owns dimensions and gets the weights by broadcast. The tile's scores stay in registers in between. No barrier; the result of
// the tiles before lies in shared memory, where each lane reads only what it wrote. Keys and values in quads, heads of a multiple
// of 8 dimensions. fp32 throughout. Processor time against attention.comp there, one query, 4096 keys, 2026-11-29: a third on Mesa
// 26.2.6, half on 22.3.6.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_ballot : require
#define KV_WIDE
#ifdef KV_F16
#define V_TYPE uint
const uint kWordValues = 2;
#else
#define V_TYPE float
const uint kWordValues = 1;
#endif
#include "shaders/include/attention_common.glsl"

layout(constant_id = 2) const uint kRows = 8;
layout(constant_id = 3) const uint kLaneKeys = 4;

const uint kTileKeys = kLaneKeys * kGroupSize;
const uint kBlockColumns = kGroupSize * kWordValues; // dimensions that the lanes own at a time
const uint kBlocks = (kHeadDim + kBlockColumns - 1) / kBlockColumns;

shared float results[kBlocks * kRows * kBlockColumns];

uint queryAt[kRows];
int lastKey[kRows]; // that the row sees
float rowMax[kRows];
float rowFactor[kRows]; // for what came before this tile
float rowSum[kRows];    // of this lane's keys
float scores[kLaneKeys * kRows]; // of this lane's keys, then their weights
float sums[kWordValues * kRows];

uint resultAt(uint block, uint row, uint part) {
    return ((block * kRows + row) * kWordValues + part) * kGroupSize + gl_LocalInvocationID.x;
}

uint keyOf(uint firstKey, uint c) {
    return firstKey + c * kGroupSize + gl_LocalInvocationID.x;
}

vec4 keyQuad(uint at) {
#ifdef KV_F16
    const uvec2 bits = k[at];
    return vec4(unpackHalf2x16(bits.x), unpackHalf2x16(bits.y));
#else
    return k[at];
#endif
}

void score(uint firstKey, uint keys, uint kvHead) {
    uint keyAt[kLaneKeys];
    for (uint c = 0; c < kLaneKeys; ++c) {
        keyAt[c] = (keyFrom(min(keyOf(firstKey, c), keys - 1)) + kvHead * kHeadDim) / 4;
    }
    // No loop here has more than 32 turns: the driver leaves those as they are, and what they index then lies in memory.
    for (uint c = 0; c < kLaneKeys; ++c) {
        for (uint r = 0; r < kRows; ++r) {
            scores[c * kRows + r] = 0.0;
        }
    }
    for (uint octet = 0; octet < BOUND(kHeadDim / 8); ++octet) {
        float values[kRows];
        for (uint r = 0; r < kRows; ++r) {
            values[r] = float(q[queryAt[r] + 8 * octet + (gl_LocalInvocationID.x & 7u)]);
        }
        vec4 low[kLaneKeys];
        vec4 high[kLaneKeys];
        for (uint c = 0; c < kLaneKeys; ++c) {
            low[c] = keyQuad(keyAt[c] + 2 * octet);
            high[c] = keyQuad(keyAt[c] + 2 * octet + 1);
        }
        for (uint j = 0; j < 8; ++j) {
            for (uint r = 0; r < kRows; ++r) {
                const float value = subgroupBroadcast(values[r], j);
                for (uint c = 0; c < kLaneKeys; ++c) {
                    scores[c * kRows + r] = fma(j < 4 ? low[c][j] : high[c][j - 4], value, scores[c * kRows + r]);
                }
            }
        }
    }
}

/// Scores become weights against the largest score so far.
void weigh(uint firstRow, uint firstKey, uint keys, uint kvHead) {
    bool visible[kLaneKeys];
    for (uint c = 0; c < kLaneKeys; ++c) {
        const uint key = keyOf(firstKey, c);
        visible[c] = key < keys && inMask(key);
    }
    for (uint r = 0; r < kRows; ++r) {
        float largest = kHidden;
        for (uint c = 0; c < kLaneKeys; ++c) {
            const uint key = keyOf(firstKey, c);
            float value = p.scale * scores[c * kRows + r];
            if (kHasRelativeBias != 0) {
                value += biasOf(firstRow + r, key, kvHead);
            }
            const bool seen = visible[c] && (kCausal == 0 || int(key) <= lastKey[r]);
            scores[c * kRows + r] = seen ? value : kHidden;
            largest = max(largest, scores[c * kRows + r]);
        }
        float newMax = rowMax[r];
        for (uint j = 0; j < kGroupSize; ++j) {
            newMax = max(newMax, subgroupBroadcast(largest, j));
        }
        rowFactor[r] = exp(rowMax[r] - newMax);
        rowMax[r] = newMax;
        rowSum[r] *= rowFactor[r];
        for (uint c = 0; c < kLaneKeys; ++c) {
            const float value = scores[c * kRows + r];
            scores[c * kRows + r] = value > kHidden ? exp(value - newMax) : 0.0;
            rowSum[r] += scores[c * kRows + r];
        }
    }
}

void addValues(uint firstKey, uint keys, uint kvHead) {
    for (uint b = 0; b < BOUND(kBlocks); ++b) {
        const uint column = min(b * kBlockColumns + kWordValues * gl_LocalInvocationID.x, kHeadDim - kWordValues);
        for (uint i = 0; i < kWordValues * kRows; ++i) {
            sums[i] = 0.0;
        }
        for (uint c = 0; c < kLaneKeys; ++c) {
            for (uint j = 0; j < kGroupSize; ++j) {
                // Behind the last key the weight is 0, but the value must still be a number: repeat the last one.
                const uint key = min(firstKey + c * kGroupSize + j, keys - 1);
                const uint at = (valueFrom(key) + kvHead * kHeadDim + column) / kWordValues;
#ifdef KV_F16
                const vec2 value = unpackHalf2x16(v[at]);
#else
                const vec2 value = vec2(v[at]);
#endif
                for (uint r = 0; r < kRows; ++r) {
                    const float weight = subgroupBroadcast(scores[c * kRows + r], j);
                    for (uint i = 0; i < kWordValues; ++i) {
                        sums[i * kRows + r] = fma(weight, value[i], sums[i * kRows + r]);
                    }
                }
            }
        }
        for (uint r = 0; r < kRows; ++r) {
            for (uint i = 0; i < kWordValues; ++i) {
                const uint at = resultAt(b, r, i);
                results[at] = fma(results[at], rowFactor[r], sums[i * kRows + r]);
            }
        }
    }
}

void main() {
    uint firstRow;
    uint endRow;
    rowsOfGroup(kRows, firstRow, endRow);
    const uint kvHead = gl_WorkGroupID.y;
    const uint keys = seenKeys(firstRow, endRow - firstRow);
    for (uint r = 0; r < kRows; ++r) {
        const uint row = min(firstRow + r, endRow - 1); // the surplus repeats the last row
        const uint query = row / p.queriesPerKey;
        queryAt[r] = queryFrom(query) + headOf(row, kvHead) * kHeadDim;
        lastKey[r] = kCausal != 0 ? positions[p.positionsOffset + query] : 0;
        rowMax[r] = kHidden;
        rowSum[r] = 0.0;
    }
    for (uint b = 0; b < BOUND(kBlocks); ++b) {
        for (uint r = 0; r < kRows; ++r) {
            for (uint i = 0; i < kWordValues; ++i) {
                results[resultAt(b, r, i)] = 0.0;
            }
        }
    }
    for (uint firstKey = 0; firstKey < keys; firstKey += kTileKeys) {
        score(firstKey, keys, kvHead);
        weigh(firstRow, firstKey, keys, kvHead);
        addValues(firstKey, keys, kvHead);
    }
    for (uint r = 0; r < kRows; ++r) {
        if (firstRow + r >= endRow) {
            continue;
        }
        float total = 0.0;
        for (uint j = 0; j < kGroupSize; ++j) {
            total += subgroupBroadcast(rowSum[r], j);
        }
        const float factor = total > 0.0 ? 1.0 / total : 0.0;
        const uint head = headOf(firstRow + r, kvHead);
        const uint to = resultFrom((firstRow + r) / p.queriesPerKey) + head * kHeadDim;
        for (uint b = 0; b < BOUND(kBlocks); ++b) {
            for (uint i = 0; i < kWordValues; ++i) {
                const uint d = b * kBlockColumns + kWordValues * gl_LocalInvocationID.x + i;
                if (d < kHeadDim) {
                    y[to + d] = Y_TYPE(results[resultAt(b, r, i)] * factor * columnScaleOf(head, d));
                }
            }
        }
    }
}
