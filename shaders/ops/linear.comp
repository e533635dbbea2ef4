// SPDX-License-Identifier: MIT
// y[t,n] = (accumulate ? y[t,n] : 0) + scale * activation(sum_k x[t,k] * weight[n,k] + bias[n]) for many rows.
// A workgroup of kColumnTeams x kRowTeams invocations makes a tile of y; each invocation keeps kThreadRows rows (a multiple
// of 4) x 4 outputs in registers. Steps of 16 along k go through shared memory, k-major so that neighbouring invocations read
// neighbouring words. fp32 throughout; with HALF the products of a step are added up in fp16, the steps in fp32.
#version 450
#extension GL_GOOGLE_include_directive : require
#ifdef HALF
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#define NUMBER float16_t
#define QUAD f16vec4
#else
#define NUMBER float
#define QUAD vec4
#endif
#include "shaders/include/linear_common.glsl"
#include "shaders/include/rolled.glsl"

layout(constant_id = 5) const uint kRowTeams = 8;
layout(constant_id = 6) const uint kThreadRows = 8;
layout(constant_id = 7) const uint kRolled = 0;

const uint kStep = 16;
const uint kColumnTeams = kGroupSize / kRowTeams;
const uint kTileRows = kRowTeams * kThreadRows;
const uint kXStride = kTileRows / 4 + 1; // one more than needed: a column is spread over the banks
const uint kWStride = kColumnTeams + 1;

shared QUAD tileX[kStep * kXStride]; // quads of rows
shared QUAD tileW[kStep * kWStride];

void loadX(uint firstRow, uint firstK) {
    for (uint i = gl_LocalInvocationID.x; i < kTileRows * kStep; i += kGroupSize) {
        const uint row = firstRow + i / kStep;
        const uint k = firstK + i % kStep;
        const bool inside = row < p.rows && k < p.columns;
        tileX[(i % kStep) * kXStride + i / (4 * kStep)][(i / kStep) % 4] =
            inside ? NUMBER(x[p.x.offset + row * p.x.stride + k]) : NUMBER(0);
    }
}

void loadW(uint firstColumn, uint firstK) {
    for (uint i = gl_LocalInvocationID.x; i < 8 * kColumnTeams; i += kGroupSize) { // octets
        const uint column = i / 2;
        const uint octet = firstK / 8 + i % 2;
        vec4 low = vec4(0);
        vec4 high = vec4(0);
        if (firstColumn + column < p.outputs && octet < p.octetsPerRow) {
            weightOctet(firstColumn + column, octet, low, high);
        }
        const uint at = (i % 2) * 8 * kWStride + column / 4;
        for (uint c = 0; c < 4; ++c) {
            tileW[at + c * kWStride][column % 4] = NUMBER(low[c]);
            tileW[at + (c + 4) * kWStride][column % 4] = NUMBER(high[c]);
        }
    }
}

void main() {
    const uint firstColumn = gl_WorkGroupID.x * kColumnTeams * 4;
    const uint firstRow = gl_WorkGroupID.y * kTileRows;
    const uint team = gl_LocalInvocationID.x % kColumnTeams;
    const uint threadRow = (gl_LocalInvocationID.x / kColumnTeams) * kThreadRows;

    vec4 sums[kThreadRows];
    for (uint r = 0; r < kThreadRows; ++r) {
        sums[r] = vec4(0);
    }
    for (uint firstK = 0; firstK < p.columns; firstK += kStep) {
        loadX(firstRow, firstK);
        loadW(firstColumn, firstK);
        barrier();
#ifdef HALF
        f16vec4 step16[kThreadRows];
        for (uint r = 0; r < kThreadRows; ++r) {
            step16[r] = f16vec4(0);
        }
#endif
        for (uint k = 0; k < BOUND(kStep); ++k) {
            const QUAD w = tileW[k * kWStride + team];
            for (uint r = 0; r < kThreadRows; r += 4) {
                const QUAD values = tileX[k * kXStride + (threadRow + r) / 4];
                for (uint c = 0; c < 4; ++c) {
#ifdef HALF
                    step16[r + c] = fma(QUAD(values[c]), w, step16[r + c]);
#else
                    sums[r + c] = fma(QUAD(values[c]), w, sums[r + c]);
#endif
                }
            }
        }
#ifdef HALF
        for (uint r = 0; r < kThreadRows; ++r) {
            sums[r] += vec4(step16[r]);
        }
#endif
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
