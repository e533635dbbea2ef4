// SPDX-License-Identifier: MIT
// The product for 1 to 8 rows, where reading the weights is the whole cost: one workgroup makes the outputs of kColumns weight
// rows for all rows of x. Its invocations take turns along k and add up once at the end, through shared memory and in a fixed
// order. Of a packed weight each turn is a run of 32: its four-bit codes are one load of 16 bytes, and scale and offset come
// once, behind the bare sum. fp32 throughout; with INTEGER_DOT each run of 32 of x is rounded to signed bytes of its own scale, and
// the bare sum is one of whole numbers, four of them an instruction.
#version 450
#extension GL_GOOGLE_include_directive : require
#ifdef INTEGER_DOT
#extension GL_EXT_spirv_intrinsics : require
#endif
#include "shaders/include/linear_common.glsl"
#include "shaders/include/linear_few.glsl"
#ifdef INTEGER_DOT
#include "shaders/include/integer_dot.glsl"
#endif

layout(constant_id = 5) const uint kColumns = 4; // even when kGated is set
layout(constant_id = 6) const uint kRows = 1;    // at least p.rows; the surplus repeats the last row
layout(constant_id = 10) const uint kWide = 0;   // x and gain may be read by four: offsets, stride and K are multiples of 8

// The same bindings, four elements at a time.
#ifdef X_F16
layout(set = 0, binding = 0) readonly buffer XQuads { uvec2 xQuads[]; };
#else
layout(set = 0, binding = 0) readonly buffer XQuads { vec4 xQuads[]; };
#endif
layout(set = 0, binding = 4) readonly buffer GainQuads { vec4 gainQuads[]; };
#ifdef W_PACKED
layout(set = 0, binding = WEIGHT_BINDING) readonly buffer WeightQuads { uvec4 weightQuads[]; };
#endif

const uint kOutputs = kGated != 0 ? kColumns / 2 : kColumns; // of the workgroup
const uint kSums = kColumns * kRows;
const uint kTotals = kSums + (kNorm != 0 ? kRows : 0); // with the squares
const uint kStretch = 8;
const uint kStretches = (kGroupSize + kStretch - 1) / kStretch;
shared float partial[kTotals * kGroupSize];

uint weightRow[kColumns];
float sums[kSums];
float squares[kRows];

vec4 quadOfX(uint at) {
#ifdef X_F16
    const uvec2 bits = xQuads[at / 4];
    return vec4(unpackHalf2x16(bits.x), unpackHalf2x16(bits.y));
#else
    return xQuads[at / 4];
#endif
}

/// Elements 8*octet .. 8*octet + 7 of row t of x, times the gain of the norm; zero behind the end, where anything may lie.
void readOctet(uint t, uint octet, out vec4 low, out vec4 high) {
    const uint row = p.x.offset + min(t, p.rows - 1) * p.x.stride;
    const uint k = 8 * octet;
    low = vec4(0);
    high = vec4(0);
    if (kWide != 0) {
        if (k < p.columns) {
            low = quadOfX(row + k);
            high = quadOfX(row + k + 4);
        }
    } else {
        for (uint i = 0; i < 4; ++i) {
            low[i] = k + i < p.columns ? float(x[row + min(k + i, p.columns - 1)]) : 0.0;
            high[i] = k + i + 4 < p.columns ? float(x[row + min(k + i + 4, p.columns - 1)]) : 0.0;
        }
    }
    if (kNorm != 0) {
        squares[t] += dot(low, low) + dot(high, high);
        if (kWide != 0) {
            const uint at = (p.gainOffset + min(k, p.columns - 8)) / 4;
            low *= gainQuads[at];
            high *= gainQuads[at + 1];
        } else {
            for (uint i = 0; i < 4; ++i) {
                low[i] *= gain[p.gainOffset + min(k + i, p.columns - 1)];
                high[i] *= gain[p.gainOffset + min(k + i + 4, p.columns - 1)];
            }
        }
    }
}

#if defined(INTEGER_DOT)
/// Run `run` of row t; see roundRun().
void readRun(uint t, uint run, out uint words[8], out float unit, out int total) {
    vec4 low[4];
    vec4 high[4];
    for (uint i = 0; i < 4; ++i) {
        readOctet(t, 4 * run + i, low[i], high[i]);
    }
    roundRun(low, high, words, unit, total);
}

void addAll() {
    const uint runs = (p.octetsPerRow + 3) / 4;
    vec2 scales[kColumns];
    for (uint c = 0; c < kColumns; ++c) {
        scales[c] = weightRowScale(weightRow[c]);
    }
    for (uint run = gl_LocalInvocationID.x; run < runs; run += kGroupSize) {
        uint words[kRows][8];
        float unit[kRows];
        int total[kRows];
        for (uint t = 0; t < kRows; ++t) {
            readRun(t, run, words[t], unit[t], total[t]);
        }
        for (uint c = 0; c < kColumns; ++c) {
            uvec4 nibbles;
            if (kBits == 4) {
                nibbles = weightQuads[weightRow[c] * (p.planes.codeWords / 4) + run];
            }
            int part[kRows];
            for (uint t = 0; t < kRows; ++t) {
                part[t] = kBits == 8 ? 128 * total[t] : 0;
            }
            for (uint i = 0; i < 4; ++i) {
                const uvec2 codes = kBits == 4 ? nibbleWords(nibbles[i]) : codeWords(weightRow[c], 4 * run + i);
                for (uint t = 0; t < kRows; ++t) {
                    part[t] += packedDot(words[t][2 * i], codes.x, 0) + packedDot(words[t][2 * i + 1], codes.y, 0);
                }
            }
            const vec2 group = weightGroup(weightRow[c], run >> (kGroupShift - 5), scales[c]);
            for (uint t = 0; t < kRows; ++t) {
                sums[c * kRows + t] += unit[t] * (group.x * float(part[t]) + group.y * float(total[t]));
            }
        }
    }
}
#elif defined(W_PACKED)
/// Bytes of a word as numbers.
vec4 bytes(uint word) {
    return vec4(word & 255u, (word >> 8) & 255u, (word >> 16) & 255u, word >> 24);
}

void addAll() {
    const bool nibbles = kBits == 4 && kCoding != kCodingNf4;
    const uint runs = (p.octetsPerRow + 3) / 4;
    vec2 scales[kColumns];
    for (uint c = 0; c < kColumns; ++c) {
        scales[c] = weightRowScale(weightRow[c]);
    }
    for (uint run = gl_LocalInvocationID.x; run < runs; run += kGroupSize) {
        uvec4 codes[kColumns];
        vec2 group[kColumns];
        for (uint c = 0; c < kColumns; ++c) {
            if (nibbles) {
                codes[c] = weightQuads[weightRow[c] * (p.planes.codeWords / 4) + run];
            }
            group[c] = weightGroup(weightRow[c], run >> (kGroupShift - 5), scales[c]);
        }
        float part[kSums];
        float total[kRows];
        for (uint i = 0; i < kSums; ++i) {
            part[i] = 0.0;
        }
        for (uint t = 0; t < kRows; ++t) {
            total[t] = 0.0;
        }
        for (uint i = 0; i < 4; ++i) {
            vec4 low[kRows];
            vec4 high[kRows];
            for (uint t = 0; t < kRows; ++t) {
                readOctet(t, 4 * run + i, low[t], high[t]);
                total[t] += dot(low[t], vec4(1)) + dot(high[t], vec4(1));
            }
            for (uint c = 0; c < kColumns; ++c) {
                if (nibbles) { // four at a time: every second code lies in a byte
                    const vec4 even = bytes(codes[c][i] & 0x0f0f0f0fu);
                    const vec4 odd = bytes((codes[c][i] >> 4) & 0x0f0f0f0fu);
                    for (uint t = 0; t < kRows; ++t) {
                        part[c * kRows + t] +=
                            dot(vec4(low[t].xz, high[t].xz), even) + dot(vec4(low[t].yw, high[t].yw), odd);
                    }
                } else {
                    uvec4 lowCodes;
                    uvec4 highCodes;
                    weightCodes(weightRow[c], 4 * run + i, lowCodes, highCodes);
                    const vec4 lowLevels = levels(lowCodes);
                    const vec4 highLevels = levels(highCodes);
                    for (uint t = 0; t < kRows; ++t) {
                        part[c * kRows + t] += dot(low[t], lowLevels) + dot(high[t], highLevels);
                    }
                }
            }
        }
        for (uint c = 0; c < kColumns; ++c) {
            for (uint t = 0; t < kRows; ++t) {
                sums[c * kRows + t] += group[c].x * part[c * kRows + t] + group[c].y * total[t];
            }
        }
    }
}
#else
void addAll() {
    for (uint octet = gl_LocalInvocationID.x; octet < p.octetsPerRow; octet += kGroupSize) {
        vec4 low[kColumns];
        vec4 high[kColumns];
        for (uint c = 0; c < kColumns; ++c) {
            weightOctet(weightRow[c], octet, low[c], high[c]);
        }
        for (uint t = 0; t < kRows; ++t) {
            vec4 a;
            vec4 b;
            readOctet(t, octet, a, b);
            for (uint c = 0; c < kColumns; ++c) {
                sums[c * kRows + t] += dot(a, low[c]) + dot(b, high[c]);
            }
        }
    }
}
#endif

/// Sum `i` over its stretches.
float wholeSum(uint i) {
    float sum = 0.0;
    for (uint begin = 0; begin < kGroupSize; begin += kStretch) {
        sum += partial[i * kGroupSize + begin];
    }
    return sum;
}

void main() {
    const uint lane = gl_LocalInvocationID.x;
    const uint firstOutput = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * kOutputs;
    for (uint c = 0; c < kColumns; ++c) { // behind the gates come their values
        weightRow[c] = min(firstOutput + c % kOutputs, p.outputs - 1) + c / kOutputs * p.outputs;
    }
    for (uint i = 0; i < kSums; ++i) {
        sums[i] = 0.0;
    }
    for (uint t = 0; t < kRows; ++t) {
        squares[t] = 0.0;
    }
    addAll();

    for (uint i = 0; i < kSums; ++i) {
        partial[i * kGroupSize + lane] = sums[i];
    }
    if (kNorm != 0) {
        for (uint t = 0; t < kRows; ++t) {
            partial[(kSums + t) * kGroupSize + lane] = squares[t];
        }
    }
    barrier();
    // Stretches of each sum first, then the stretches; the same order whatever kColumns and kRows are, so that a row gives
    // the same result alone and among others.
    for (uint job = lane; job < kTotals * kStretches; job += kGroupSize) {
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
    for (uint i = lane; i < kOutputs * kRows; i += kGroupSize) {
        const uint column = firstOutput + i / kRows;
        const uint row = i % kRows;
        if (row >= p.rows || column >= p.outputs) {
            continue;
        }
        const float factor = inverseRms(kNorm != 0 ? wholeSum(kSums + row) : 0.0);
        if (kGated != 0) {
            finishGated(row, column, factor * wholeSum(i), factor * wholeSum(i + kOutputs * kRows));
        } else {
            finish(row, column, factor * wholeSum(i));
        }
    }
}
