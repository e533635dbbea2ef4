// SPDX-License-Identifier: MIT
// The same product for 1 to 8 rows, where reading the weights is the whole cost: one workgroup makes kOutputs neighbouring
// outputs of all rows. Its invocations take turns along k, one octet of 16-byte loads each, and add up once at the end, through
// shared memory and in a fixed order. fp32 throughout.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/linear_common.glsl"

layout(constant_id = 5) const uint kOutputs = 4;
layout(constant_id = 6) const uint kRows = 1; // at least p.rows; the surplus repeats the last row

const uint kSums = kOutputs * kRows;
const uint kStretch = 8;
const uint kStretches = (kGroupSize + kStretch - 1) / kStretch;
shared float partial[kSums * kGroupSize];

void main() {
    const uint lane = gl_LocalInvocationID.x;
    const uint firstOutput = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * kOutputs;

    float sums[kSums];
    for (uint i = 0; i < kSums; ++i) {
        sums[i] = 0.0;
    }
    for (uint octet = lane; octet < p.octetsPerRow; octet += kGroupSize) {
        vec4 low[kOutputs];
        vec4 high[kOutputs];
        for (uint n = 0; n < kOutputs; ++n) {
            weightOctet(min(firstOutput + n, p.outputs - 1), octet, low[n], high[n]);
        }
        // Padding weights are zero, but what lies behind a row of x may be anything, infinity included.
        const uint valid = min(p.columns - 8 * octet, 8);
        for (uint t = 0; t < kRows; ++t) {
            const uint from = p.x.offset + min(t, p.rows - 1) * p.x.stride + 8 * octet;
            vec4 a = vec4(0);
            vec4 b = vec4(0);
            if (valid == 8) {
                a = vec4(float(x[from]), float(x[from + 1]), float(x[from + 2]), float(x[from + 3]));
                b = vec4(float(x[from + 4]), float(x[from + 5]), float(x[from + 6]), float(x[from + 7]));
            } else {
                for (uint i = 0; i < min(valid, 4); ++i) {
                    a[i] = float(x[from + i]);
                }
                for (uint i = 4; i < valid; ++i) {
                    b[i - 4] = float(x[from + i]);
                }
            }
            for (uint n = 0; n < kOutputs; ++n) {
                sums[n * kRows + t] += dot(a, low[n]) + dot(b, high[n]);
            }
        }
    }

    for (uint i = 0; i < kSums; ++i) {
        partial[i * kGroupSize + lane] = sums[i];
    }
    barrier();
    // Stretches of each sum first, then the stretches; the same order whatever kOutputs and kRows are, so that a row gives
    // the same result alone and among others.
    for (uint job = lane; job < kSums * kStretches; job += kGroupSize) {
        const uint base = (job / kStretches) * kGroupSize;
        const uint begin = (job % kStretches) * kStretch;
        const uint end = min(begin + kStretch, kGroupSize);
        float sum = 0.0;
        for (uint i = begin; i < end; ++i) {
            sum += partial[base + i];
        }
        partial[base + begin] = sum; // only this invocation reads the stretch
    }
    barrier();
    for (uint i = lane; i < kSums; i += kGroupSize) {
        const uint column = firstOutput + i / kRows;
        const uint row = i % kRows;
        float sum = 0.0;
        for (uint begin = 0; begin < kGroupSize; begin += kStretch) {
            sum += partial[i * kGroupSize + begin];
        }
        if (row < p.rows && column < p.outputs) {
            finish(row, column, sum);
        }
    }
}
