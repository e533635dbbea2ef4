// SPDX-License-Identifier: MIT
// The product of many rows and a packed weight with whole numbers: x is rounded to signed bytes in runs of 32, each with a unit of
// its own, and multiplied by the codes themselves, four an instruction; scale and offset of a group, which is one run or several,
// and the unit come once behind each run. A workgroup of kColumnTeams x kRowTeams invocations makes a tile of y; each invocation
// keeps kThreadRows rows (a multiple of 4) x 4 outputs in registers. Steps of two runs go through shared memory, word by word so
// that neighbouring invocations read neighbouring words. Every workgroup rounds its rows itself: some five operations a number beside
// a quarter of one for each of its outputs, and no pass or memory of its own. Sums over the runs in fp32.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_spirv_intrinsics : require
#include "shaders/include/linear_common.glsl"
#include "shaders/include/integer_dot.glsl"
#include "shaders/include/rolled.glsl"

layout(constant_id = 5) const uint kRowTeams = 8;
layout(constant_id = 6) const uint kThreadRows = 8;
layout(constant_id = 7) const uint kRolled = 0;
layout(constant_id = 8) const uint kWide = 0; // x may be read by four: offset, stride and K are multiples of 8

// The same bindings, four elements at a time.
#ifdef X_F16
layout(set = 0, binding = 0) readonly buffer XQuads { uvec2 xQuads[]; };
#else
layout(set = 0, binding = 0) readonly buffer XQuads { vec4 xQuads[]; };
#endif
layout(set = 0, binding = WEIGHT_BINDING) readonly buffer WeightQuads { uvec4 weightQuads[]; };

const uint kRuns = 2; // of a step
const uint kWords = 8; // of a run
const uint kColumnTeams = kGroupSize / kRowTeams;
const uint kTileRows = kRowTeams * kThreadRows;
const uint kTileColumns = kColumnTeams * 4;
const uint kXStride = kTileRows / 4 + 1; // one more than needed: a column is spread over the banks
const uint kWStride = kColumnTeams + 1;

shared uvec4 tileX[kRuns * kWords * kXStride]; // quads of rows
shared uvec4 tileW[kRuns * kWords * kWStride];
shared vec4 unitX[kRuns * kXStride];
shared vec4 totalX[kRuns * kXStride]; // sums of the whole numbers, times the unit
shared vec4 scaleW[kRuns * kWStride];
shared vec4 offsetW[kRuns * kWStride];

vec4 quadOfX(uint at) {
#ifdef X_F16
    const uvec2 bits = xQuads[at / 4];
    return vec4(unpackHalf2x16(bits.x), unpackHalf2x16(bits.y));
#else
    return xQuads[at / 4];
#endif
}

/// Four elements of a row of x from k on; zero behind its end.
vec4 readQuad(uint from, uint k) {
    vec4 quad = vec4(0);
    if (kWide != 0) {
        if (k < p.columns) {
            quad = quadOfX(from + k);
        }
    } else {
        for (uint i = 0; i < 4; ++i) {
            quad[i] = k + i < p.columns ? float(x[from + min(k + i, p.columns - 1)]) : 0.0;
        }
    }
    return quad;
}

void loadX(uint firstRow, uint firstRun) {
    for (uint i = gl_LocalInvocationID.x; i < kTileRows * kRuns; i += kGroupSize) {
        const uint row = i / kRuns;
        const uint run = i % kRuns;
        // Rows behind the last repeat it; nothing is written for them.
        const uint from = p.x.offset + min(firstRow + row, p.rows - 1) * p.x.stride;
        vec4 low[4];
        vec4 high[4];
        for (uint o = 0; o < 4; ++o) {
            const uint k = 32 * (firstRun + run) + 8 * o;
            low[o] = readQuad(from, k);
            high[o] = readQuad(from, k + 4);
        }
        uint words[8];
        float unit;
        int total;
        roundRun(low, high, words, unit, total);
        for (uint w = 0; w < kWords; ++w) {
            tileX[(run * kWords + w) * kXStride + row / 4][row % 4] = words[w];
        }
        unitX[run * kXStride + row / 4][row % 4] = unit;
        totalX[run * kXStride + row / 4][row % 4] = unit * float(total);
    }
}

void loadW(uint firstColumn, uint firstRun) {
    const uint lastRun = (p.octetsPerRow + 3) / 4 - 1;
    for (uint i = gl_LocalInvocationID.x; i < kTileColumns * kRuns; i += kGroupSize) {
        const uint column = i / kRuns;
        // What lies behind the last run or output meets zeros of x or is not written.
        const uint run = min(firstRun + i % kRuns, lastRun);
        const uint row = min(firstColumn + column, p.outputs - 1);
        const uint at = i % kRuns * kWords * kWStride + column / 4;
        uvec4 nibbles;
        if (kBits == 4) {
            nibbles = weightQuads[row * (p.planes.codeWords / 4) + run];
        }
        for (uint o = 0; o < 4; ++o) {
            const uvec2 codes = kBits == 4 ? nibbleWords(nibbles[o]) : codeWords(row, 4 * run + o);
            tileW[at + 2 * o * kWStride][column % 4] = codes.x;
            tileW[at + (2 * o + 1) * kWStride][column % 4] = codes.y;
        }
        const vec2 group = weightGroup(row, run >> (kGroupShift - 5));
        scaleW[i % kRuns * kWStride + column / 4][column % 4] = group.x;
        offsetW[i % kRuns * kWStride + column / 4][column % 4] = group.y + (kBits == 8 ? 128.0 * group.x : 0.0);
    }
}

void main() {
    const uint firstColumn = gl_WorkGroupID.x * kTileColumns;
    const uint firstRow = gl_WorkGroupID.y * kTileRows;
    const uint team = gl_LocalInvocationID.x % kColumnTeams;
    const uint threadRow = (gl_LocalInvocationID.x / kColumnTeams) * kThreadRows;
    const uint runs = (p.octetsPerRow + 3) / 4;

    vec4 sums[kThreadRows];
    for (uint r = 0; r < kThreadRows; ++r) {
        sums[r] = vec4(0);
    }
    for (uint firstRun = 0; firstRun < runs; firstRun += kRuns) {
        loadX(firstRow, firstRun);
        loadW(firstColumn, firstRun);
        barrier();
        for (uint run = 0; run < BOUND(kRuns); ++run) {
            ivec4 parts[kThreadRows];
            for (uint r = 0; r < kThreadRows; ++r) {
                parts[r] = ivec4(0);
            }
            for (uint w = 0; w < BOUND(kWords); ++w) {
                const uvec4 codes = tileW[(run * kWords + w) * kWStride + team];
                for (uint r = 0; r < kThreadRows; r += 4) {
                    const uvec4 values = tileX[(run * kWords + w) * kXStride + (threadRow + r) / 4];
                    for (uint i = 0; i < 4; ++i) {
                        for (uint c = 0; c < 4; ++c) {
                            parts[r + i][c] += packedDot(values[i], codes[c], 0);
                        }
                    }
                }
            }
            const vec4 scale = scaleW[run * kWStride + team];
            const vec4 offset = offsetW[run * kWStride + team];
            for (uint r = 0; r < kThreadRows; r += 4) {
                const vec4 units = unitX[run * kXStride + (threadRow + r) / 4];
                const vec4 totals = totalX[run * kXStride + (threadRow + r) / 4];
                for (uint i = 0; i < 4; ++i) {
                    sums[r + i] += units[i] * scale * vec4(parts[r + i]) + totals[i] * offset;
                }
            }
        }
        barrier();
    }
    for (uint r = 0; r < kThreadRows; ++r) {
        const uint row = firstRow + threadRow + r;
        for (uint c = 0; c < 4; ++c) {
            const uint column = firstColumn + 4 * team + c;
            if (row < p.rows && column < p.outputs) {
                finish(row, column, sums[r][c]);
            }
        }
    }
}
