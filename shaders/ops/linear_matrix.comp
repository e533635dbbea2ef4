// SPDX-License-Identifier: MIT
// The product for many rows with cooperative matrices: the lanes of a subgroup multiply kM x kK by kK x kN numbers at once, fp16
// in, fp32 out. A workgroup of kRowTeams x kColumnTeams subgroups makes a tile of y; each keeps kTeamRows x kTeamColumns matrices
// of sums. Steps of kDepth along k go through shared memory, where weights arrive as fp16 whatever they are stored as; what lies
// outside x or the weight arrives as zero. Sums leave through shared memory, because which lane holds which is the driver's secret.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#include "shaders/include/linear_common.glsl"

layout(constant_id = 5) const uint kRowTeams = 2;
layout(constant_id = 6) const uint kColumnTeams = 2;
layout(constant_id = 7) const uint kTeamRows = 2;
layout(constant_id = 8) const uint kTeamColumns = 2;
layout(constant_id = 9) const uint kM = 16;
layout(constant_id = 10) const uint kN = 16;
layout(constant_id = 11) const uint kK = 16;
layout(constant_id = 12) const uint kDepth = 32; // a multiple of kK and of 8
layout(constant_id = 13) const uint kWide = 0;   // x may be read by eight: offset, stride and K are multiples of 8

layout(set = 0, binding = 0) readonly buffer XOctets { uvec4 xOctets[]; }; // the same x

const uint kTileRows = kRowTeams * kTeamRows * kM;
const uint kTileColumns = kColumnTeams * kTeamColumns * kN;
const uint kOctets = kDepth / 8;
const uint kStride = kDepth / 4 + 2; // in quads; 16 bytes more than needed spread a column over the banks

shared f16vec4 tileX[kTileRows * kStride]; // row by row
shared f16vec4 tileW[kTileColumns * kStride]; // output by output
shared float stage[kRowTeams * kColumnTeams * kM * kN];

void readOctet(uint row, uint k, out f16vec4 low, out f16vec4 high) {
    low = f16vec4(0);
    high = f16vec4(0);
    if (row >= p.rows) {
        return;
    }
    const uint at = p.x.offset + row * p.x.stride + k;
    if (kWide != 0) {
        if (k < p.columns) {
            const uvec4 bits = xOctets[at / 8];
            low = f16vec4(unpackFloat2x16(bits.x), unpackFloat2x16(bits.y));
            high = f16vec4(unpackFloat2x16(bits.z), unpackFloat2x16(bits.w));
        }
        return;
    }
    for (uint i = 0; i < 4; ++i) {
        if (k + i < p.columns) {
            low[i] = x[at + i];
        }
        if (k + i + 4 < p.columns) {
            high[i] = x[at + i + 4];
        }
    }
}

void loadX(uint firstRow, uint firstK) {
    for (uint i = gl_LocalInvocationID.x; i < kTileRows * kOctets; i += kGroupSize) {
        const uint row = i / kOctets;
        const uint octet = i % kOctets;
        f16vec4 low;
        f16vec4 high;
        readOctet(firstRow + row, firstK + 8 * octet, low, high);
        tileX[row * kStride + 2 * octet] = low;
        tileX[row * kStride + 2 * octet + 1] = high;
    }
}

void loadW(uint firstColumn, uint firstK) {
    for (uint i = gl_LocalInvocationID.x; i < kTileColumns * kOctets; i += kGroupSize) {
        const uint column = i / kOctets;
        const uint octet = i % kOctets;
        vec4 low = vec4(0);
        vec4 high = vec4(0);
        if (firstColumn + column < p.outputs && firstK / 8 + octet < p.octetsPerRow) {
            weightOctet(firstColumn + column, firstK / 8 + octet, low, high);
        }
        tileW[column * kStride + 2 * octet] = f16vec4(low);
        tileW[column * kStride + 2 * octet + 1] = f16vec4(high);
    }
}

void main() {
    const uint firstColumn = gl_WorkGroupID.x * kTileColumns;
    const uint firstRow = gl_WorkGroupID.y * kTileRows;
    const uint teamRow = gl_SubgroupID / kColumnTeams * kTeamRows * kM;
    const uint teamColumn = gl_SubgroupID % kColumnTeams * kTeamColumns * kN;
    coopmat<float, gl_ScopeSubgroup, kM, kN, gl_MatrixUseAccumulator> sums[kTeamRows * kTeamColumns];
    for (uint i = 0; i < kTeamRows * kTeamColumns; ++i) {
        sums[i] = coopmat<float, gl_ScopeSubgroup, kM, kN, gl_MatrixUseAccumulator>(0.0);
    }
    for (uint firstK = 0; firstK < p.columns; firstK += kDepth) {
        loadX(firstRow, firstK);
        loadW(firstColumn, firstK);
        barrier();
        for (uint k = 0; k < kDepth; k += kK) {
            coopmat<float16_t, gl_ScopeSubgroup, kM, kK, gl_MatrixUseA> a[kTeamRows];
            for (uint r = 0; r < kTeamRows; ++r) {
                coopMatLoad(a[r], tileX, (teamRow + r * kM) * kStride + k / 4, kStride,
                            gl_CooperativeMatrixLayoutRowMajor);
            }
            for (uint c = 0; c < kTeamColumns; ++c) {
                coopmat<float16_t, gl_ScopeSubgroup, kK, kN, gl_MatrixUseB> b;
                coopMatLoad(b, tileW, (teamColumn + c * kN) * kStride + k / 4, kStride,
                            gl_CooperativeMatrixLayoutColumnMajor);
                for (uint r = 0; r < kTeamRows; ++r) {
                    sums[r * kTeamColumns + c] = coopMatMulAdd(a[r], b, sums[r * kTeamColumns + c]);
                }
            }
        }
        barrier();
    }
    const uint place = gl_SubgroupID * kM * kN;
    for (uint r = 0; r < kTeamRows; ++r) {
        for (uint c = 0; c < kTeamColumns; ++c) {
            coopMatStore(sums[r * kTeamColumns + c], stage, place, kN, gl_CooperativeMatrixLayoutRowMajor);
            barrier();
            for (uint i = gl_SubgroupInvocationID; i < kM * kN; i += gl_SubgroupSize) {
                const uint row = firstRow + teamRow + r * kM + i / kN;
                const uint column = firstColumn + teamColumn + c * kN + i % kN;
                if (row < p.rows && column < p.outputs) {
                    finish(row, column, stage[place + i]);
                }
            }
            barrier();
        }
    }
}
