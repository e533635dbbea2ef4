// SPDX-License-Identifier: MIT
// The product for 1 to 8 rows on the software device, which runs the lanes of a subgroup as one vector of the processor: a
// gather costs it as much as twenty multiplications. So a workgroup is one subgroup; each lane owns kColumns weight rows, reads
// a word of each at a time, and gets the values of x by broadcast from the lane that read them. A group's codes are multiplied
// bare; its scale and offset come once, at its end. No shared memory, no barrier, no sum over lanes. fp32 throughout.
// Processor time against linear_vector.comp there, 8192 x 3072, sq4, 2026-11-28: a third on Mesa 26.2.6, half on 22.3.6.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_ballot : require
#include "shaders/include/linear_common.glsl"
#include "shaders/include/linear_few.glsl"

layout(constant_id = 5) const uint kColumns = 4; // even when kGated is set
layout(constant_id = 6) const uint kRows = 1;    // at least p.rows; the surplus repeats the last row

const uint kOutputs = kGated != 0 ? kColumns / 2 : kColumns; // of a lane
const uint kSums = kColumns * kRows;

uint weightRow[kColumns];
#ifdef W_PACKED
uint codesAt[kColumns];
#endif
float sums[kSums]; // over whole runs, by column
float part[kSums]; // over the codes of this run
float total[kRows];
float squares[kRows];

#ifdef W_PACKED
// Four-bit codes need not be shifted into place: masked where they stand they are 16^j times too large for lane j of an octet,
// and x is made as much smaller beforehand; both are exact.
const bool kNibbles = kBits == 4 && kCoding != kCodingNf4;
#else
const bool kNibbles = false;
#endif

/// This lane's value of each row of x in an octet; zero behind the end, where anything may lie.
void readValues(uint octet, out float values[kRows]) {
    const uint k = 8 * octet + (gl_LocalInvocationID.x & 7u);
    const uint inside = min(k, p.columns - 1);
    const float factor = kNorm != 0 ? gain[p.gainOffset + inside] : 1.0;
    for (uint t = 0; t < kRows; ++t) {
        const float raw = float(x[p.x.offset + min(t, p.rows - 1) * p.x.stride + inside]);
        const float value = k < p.columns ? raw : 0.0;
        if (kNorm != 0) {
            squares[t] = fma(value, value, squares[t]);
        }
        values[t] = value * factor;
    }
}

#ifdef W_PACKED
void addNibbles(uint octet, uint codes) {
    float values[kRows];
    readValues(octet, values);
    for (uint t = 0; t < kRows; ++t) {
        values[t] *= uintBitsToFloat((127u - 4u * (gl_LocalInvocationID.x & 7u)) << 23);
    }
    uint words[kColumns];
    for (uint c = 0; c < kColumns; ++c) {
        words[c] = weightWords[codesAt[c] + codes];
    }
    for (uint j = 0; j < 8; ++j) {
        float value[kRows];
        for (uint t = 0; t < kRows; ++t) {
            value[t] = subgroupBroadcast(values[t], j);
            total[t] = fma(value[t], float(1u << (4 * j)), total[t]);
        }
        for (uint c = 0; c < kColumns; ++c) {
            // As signed numbers, which convert in one instruction; the last code would be negative and is shifted.
            const float code = j < 7 ? float(int(words[c] & (15u << (4 * j)))) : float(int(words[c] >> 28)) * 268435456.0;
            for (uint t = 0; t < kRows; ++t) {
                part[c * kRows + t] = fma(code, value[t], part[c * kRows + t]);
            }
        }
    }
}
#endif

void addOctet(uint octet, uint codes) {
    float values[kRows];
    readValues(octet, values);
    vec4 low[kColumns];
    vec4 high[kColumns];
    for (uint c = 0; c < kColumns; ++c) {
#ifdef W_PACKED
        uvec4 lowCodes;
        uvec4 highCodes;
        weightCodes(weightRow[c], codes, lowCodes, highCodes);
        low[c] = levels(lowCodes);
        high[c] = levels(highCodes);
#else
        weightOctet(weightRow[c], codes, low[c], high[c]);
#endif
    }
    for (uint j = 0; j < 8; ++j) {
        float value[kRows];
        for (uint t = 0; t < kRows; ++t) {
            value[t] = subgroupBroadcast(values[t], j);
            total[t] += value[t];
        }
        for (uint c = 0; c < kColumns; ++c) {
            const float weight = j < 4 ? low[c][j] : high[c][j - 4];
            for (uint t = 0; t < kRows; ++t) {
                part[c * kRows + t] = fma(weight, value[t], part[c * kRows + t]);
            }
        }
    }
}

void clearParts() {
    for (uint i = 0; i < kSums; ++i) {
        part[i] = 0.0;
    }
    for (uint t = 0; t < kRows; ++t) {
        total[t] = 0.0;
    }
}

#ifdef W_PACKED
/// One run of 32 columns, whose scale and offset are known; packed rows are padded to whole runs. Behind the last run x is zero
/// and the codes are the last run's.
void addRun(uint run, uint lastRun, vec2 group[kColumns]) {
    clearParts();
    for (uint i = 0; i < 4; ++i) {
        const uint codes = 4 * min(run, lastRun) + i;
        if (kNibbles) {
            addNibbles(4 * run + i, codes);
        } else {
            addOctet(4 * run + i, codes);
        }
    }
    for (uint c = 0; c < kColumns; ++c) {
        for (uint t = 0; t < kRows; ++t) {
            const uint at = c * kRows + t;
            sums[at] = fma(group[c].x, part[at], fma(group[c].y, total[t], sums[at]));
        }
    }
}

void addAll() {
    const uint lastRun = (p.octetsPerRow - 1) / 4;
    vec2 scales[kColumns];
    for (uint c = 0; c < kColumns; ++c) {
        scales[c] = weightRowScale(weightRow[c]);
    }
    if (kCoding == kCodingSq) { // four runs share a word of scales and one of offsets; a fixed four is 20 % faster
        for (uint first = 0; first <= lastRun; first += 4) {
            uvec2 words[kColumns];
            for (uint c = 0; c < kColumns; ++c) {
                words[c] = weightGroupWords(weightRow[c], first);
            }
            for (uint i = 0; i < 4; ++i) {
                vec2 group[kColumns];
                for (uint c = 0; c < kColumns; ++c) {
                    group[c] = weightGroupFrom(words[c], i, scales[c]);
                }
                addRun(first + i, lastRun, group);
            }
        }
    } else {
        for (uint run = 0; run <= lastRun; ++run) {
            vec2 group[kColumns];
            for (uint c = 0; c < kColumns; ++c) {
                group[c] = weightGroup(weightRow[c], run >> (kGroupShift - 5), scales[c]);
            }
            addRun(run, lastRun, group);
        }
    }
}
#else
void addAll() {
    for (uint octet = 0; octet < p.octetsPerRow;) {
        clearParts();
        const uint end = min(octet + 4, p.octetsPerRow);
        for (; octet < end; ++octet) {
            addOctet(octet, octet);
        }
        for (uint i = 0; i < kSums; ++i) {
            sums[i] += part[i];
        }
    }
}
#endif

void main() {
    const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
    const uint firstOutput = group * kGroupSize * kOutputs + gl_LocalInvocationID.x;
    for (uint c = 0; c < kColumns; ++c) {
        const uint column = min(firstOutput + c % kOutputs * kGroupSize, p.outputs - 1);
        weightRow[c] = column + c / kOutputs * p.outputs; // behind the gates come their values
#ifdef W_PACKED
        codesAt[c] = weightRow[c] * p.planes.codeWords;
#endif
    }
    for (uint i = 0; i < kSums; ++i) {
        sums[i] = 0.0;
    }
    for (uint t = 0; t < kRows; ++t) {
        squares[t] = 0.0;
    }
    addAll();

    for (uint t = 0; t < kRows; ++t) {
        float sum = 0.0;
        if (kNorm != 0) {
            for (uint j = 0; j < 8; ++j) {
                sum += subgroupBroadcast(squares[t], j);
            }
        }
        const float factor = inverseRms(sum);
        for (uint c = 0; c < kOutputs; ++c) {
            const uint column = firstOutput + c * kGroupSize;
            if (t < p.rows && column < p.outputs) {
                if (kGated != 0) {
                    finishGated(t, column, factor * sums[c * kRows + t], factor * sums[(c + kOutputs) * kRows + t]);
                } else {
                    finish(t, column, factor * sums[c * kRows + t]);
                }
            }
        }
    }
}
