// SPDX-License-Identifier: MIT
// The same product for many rows on the software device, which runs the lanes of a subgroup as one vector of the processor but
// loads for each lane in turn: a load costs as much as a hundred multiplications, a barrier more. So a workgroup is one
// subgroup; each lane owns kColumns outputs of kRows rows, reads eight weights of each output at once, one value of each row, and
// gets its neighbours' values by broadcast. No shared memory, no barrier. fp32 throughout. 2 cores, Mesa 22.3.6, 2026-11-25,
// 256 x 1024 x 1024: 6.4 (sq4) and 7.3 (bf16) GFLOP per processor second; the tiled shader 2.3 and 2.4.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_ballot : require
#include "shaders/include/linear_common.glsl"

layout(constant_id = 5) const uint kRows = 8;
layout(constant_id = 6) const uint kColumns = 4;

vec4 sums[kRows * kColumns / 4]; // quads of rows, by output

void addOctet(uint firstRow, uint octet, vec4 low[kColumns], vec4 high[kColumns]) {
    const uint k = 8 * octet + gl_LocalInvocationID.x;
    for (uint r = 0; r < kRows; r += 4) {
        vec4 values;
        for (uint i = 0; i < 4; ++i) {
            const uint row = min(firstRow + r + i, p.rows - 1);
            const float value = float(x[p.x.offset + row * p.x.stride + min(k, p.columns - 1)]);
            values[i] = k < p.columns ? value : 0.0; // what lies behind a row may be anything
        }
        for (uint j = 0; j < 8; ++j) {
            const vec4 shared4 = subgroupBroadcast(values, j);
            for (uint c = 0; c < kColumns; ++c) {
                const float weight = j < 4 ? low[c][j] : high[c][j - 4];
                sums[c * kRows / 4 + r / 4] = fma(shared4, vec4(weight), sums[c * kRows / 4 + r / 4]);
            }
        }
    }
}

void main() {
    const uint firstColumn = gl_WorkGroupID.x * kGroupSize * kColumns + gl_LocalInvocationID.x;
    const uint firstRow = gl_WorkGroupID.y * kRows;
    uint column[kColumns];
    for (uint c = 0; c < kColumns; ++c) {
        column[c] = min(firstColumn + c * kGroupSize, p.outputs - 1);
    }
    for (uint i = 0; i < kRows * kColumns / 4; ++i) {
        sums[i] = vec4(0);
    }
    vec4 low[kColumns];
    vec4 high[kColumns];
#ifdef W_PACKED
    vec2 scales[kColumns];
    for (uint c = 0; c < kColumns; ++c) {
        scales[c] = weightRowScale(column[c]);
    }
    // Packed rows are padded to whole runs of 32.
    for (uint octet = 0; octet < p.octetsPerRow;) {
        vec2 group[kColumns];
        for (uint c = 0; c < kColumns; ++c) {
            group[c] = weightGroup(column[c], octet >> (kGroupShift - 3), scales[c]);
        }
        const uint end = octet + 4;
        for (; octet < end; ++octet) {
            for (uint c = 0; c < kColumns; ++c) {
                uvec4 lowCodes;
                uvec4 highCodes;
                weightCodes(column[c], octet, lowCodes, highCodes);
                low[c] = levels(lowCodes) * group[c].x + group[c].y;
                high[c] = levels(highCodes) * group[c].x + group[c].y;
            }
            addOctet(firstRow, octet, low, high);
        }
    }
#else
    for (uint octet = 0; octet < p.octetsPerRow; ++octet) {
        for (uint c = 0; c < kColumns; ++c) {
            weightOctet(column[c], octet, low[c], high[c]);
        }
        addOctet(firstRow, octet, low, high);
    }
#endif
    for (uint c = 0; c < kColumns; ++c) {
        if (firstColumn + c * kGroupSize < p.outputs) {
            for (uint r = 0; r < kRows; ++r) {
                if (firstRow + r < p.rows) {
                    finish(firstRow + r, firstColumn + c * kGroupSize, sums[c * kRows / 4 + r / 4][r % 4]);
                }
            }
        }
    }
}
