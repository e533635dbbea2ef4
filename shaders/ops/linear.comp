// SPDX-License-Identifier: MIT
// y[t,n] = (accumulate ? y[t,n] : 0) + scale * activation(sum_k x[t,k] * weight[n,k] + bias[n]) for many rows.
// A workgroup of 16 x 8 invocations makes a tile of 64 outputs x 8 * kThreadRows rows; each invocation keeps 4 outputs of
// kThreadRows rows in registers. Steps of 16 along k go through shared memory, k-major so that neighbouring invocations read
// neighbouring words. fp32 throughout.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/linear_common.glsl"

layout(constant_id = 4) const uint kThreadRows = 8;

const uint kStep = 16;
const uint kTileOutputs = 64;
const uint kOutputQuads = kTileOutputs / 4;
const uint kRowTeams = 8;
const uint kTileRows = kRowTeams * kThreadRows;
const uint kInvocations = kOutputQuads * kRowTeams; // = kGroupSize
const uint kXStride = kTileRows + 1;                // odd: rows of one k fall into different banks
const uint kWStride = kOutputQuads + 1;

shared float tileX[kStep * kXStride];
shared vec4 tileW[kStep * kWStride];

void loadX(uint firstRow, uint firstK) {
    for (uint i = gl_LocalInvocationID.x; i < kTileRows * kStep; i += kInvocations) {
        const uint row = firstRow + i / kStep;
        const uint k = firstK + i % kStep;
        const bool inside = row < p.rows && k < p.columns;
        tileX[(i % kStep) * kXStride + i / kStep] = inside ? float(x[p.x.offset + row * p.x.stride + k]) : 0.0;
    }
}

void loadW(uint firstOutput, uint firstK) {
    // One octet per invocation: 64 outputs x 2 octets.
    const uint column = gl_LocalInvocationID.x / 2;
    const uint upper = gl_LocalInvocationID.x % 2;
    const uint octet = firstK / 8 + upper;
    vec4 low = vec4(0);
    vec4 high = vec4(0);
    if (firstOutput + column < p.outputs && octet < p.octetsPerRow) {
        weightOctet((firstOutput + column) * p.octetsPerRow + octet, low, high);
    }
    const uint at = upper * 8 * kWStride + column / 4;
    for (uint i = 0; i < 4; ++i) {
        tileW[at + i * kWStride][column % 4] = low[i];
        tileW[at + (i + 4) * kWStride][column % 4] = high[i];
    }
}

void main() {
    const uint firstOutput = gl_WorkGroupID.x * kTileOutputs;
    const uint firstRow = gl_WorkGroupID.y * kTileRows;
    const uint quad = gl_LocalInvocationID.x % kOutputQuads;
    const uint team = gl_LocalInvocationID.x / kOutputQuads;

    vec4 sums[kThreadRows];
    for (uint r = 0; r < kThreadRows; ++r) {
        sums[r] = vec4(0);
    }
    for (uint firstK = 0; firstK < p.columns; firstK += kStep) {
        loadX(firstRow, firstK);
        loadW(firstOutput, firstK);
        barrier();
        for (uint k = 0; k < kStep; ++k) {
            const vec4 w = tileW[k * kWStride + quad];
            for (uint r = 0; r < kThreadRows; ++r) {
                sums[r] = fma(vec4(tileX[k * kXStride + team * kThreadRows + r]), w, sums[r]);
            }
        }
        barrier();
    }
    for (uint r = 0; r < kThreadRows; ++r) {
        const uint row = firstRow + team * kThreadRows + r;
        for (uint i = 0; i < 4; ++i) {
            const uint column = firstOutput + 4 * quad + i;
            if (row < p.rows && column < p.outputs) {
                finish(row, column, sums[r][i]);
            }
        }
    }
}
