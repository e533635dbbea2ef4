// SPDX-License-Identifier: MIT
// rope_append into a cache of codes (TurboQuant). One workgroup per token and head of q or k/v. A head is rotated by its
// position, then by signs and a Hadamard transform: q stays so in place; k becomes 8-bit or 4-bit codes, v, which has no
// position, 4-bit codes. 4 bits: x / |x| is coded with the book, and the scale |x| / |decoded| makes the length exact. 8 bits:
// signed bytes of largest / 127. The scales of k and v share one word, so one workgroup makes both. fp32.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/rope_append.h"
#include "shaders/include/index.glsl"
#include "shaders/include/group_sum.glsl"

layout(push_constant) uniform Push { RopeAppendParams p; };
layout(set = 0, binding = 0) buffer Qkv { X_TYPE qkv[]; };
layout(set = 0, binding = 1) readonly buffer TableRows { int tableRows[]; };
layout(set = 0, binding = 2) readonly buffer Positions { int positions[]; };
layout(set = 0, binding = 3) readonly buffer Table { float table[]; };
layout(set = 0, binding = 4) writeonly buffer K { uint k[]; };
layout(set = 0, binding = 5) writeonly buffer V { uint v[]; };
layout(set = 0, binding = 6) readonly buffer Codec { float codec[]; };
layout(constant_id = 1) const uint kHeadDim = 128;
#define CODEC(i) codec[p.codecOffset + (i)]
#include "shaders/include/kv_codes.glsl"

shared float head[kHeadDim];
shared uint codes[kHeadDim];

/// Puts columns `from`.. of qkv into `head`, rotated by the position of the row where `positioned`.
void load(uint from, uint row, bool positioned) {
    const int tableRow = tableRows[p.tableRowsOffset + row];
    const bool turn = positioned && tableRow >= 0 && tableRow < int(p.tableSize);
    barrier();
    for (uint d = gl_LocalInvocationID.x; d < kHeadDim; d += kGroupSize) {
        float value = float(qkv[from + d]);
        if (turn && d < 2 * p.halfRotary) {
            const bool low = d < p.halfRotary;
            const uint j = low ? d : d - p.halfRotary;
            const uint angle = p.table.offset + uint(tableRow) * p.table.stride + j;
            const float other = float(qkv[from + (low ? d + p.halfRotary : j)]);
            value = value * table[angle] + (low ? -other : other) * table[angle + p.halfRotary];
        }
        head[d] = value;
    }
    barrier();
}

/// head = Hadamard(signs * head) / sqrt(kHeadDim)
void rotate() {
    for (uint d = gl_LocalInvocationID.x; d < kHeadDim; d += kGroupSize) {
        head[d] *= signOf(d) * inversesqrt(float(kHeadDim));
    }
    for (uint reach = 1; reach < kHeadDim; reach *= 2) {
        barrier();
        for (uint i = gl_LocalInvocationID.x; i < kHeadDim / 2; i += kGroupSize) {
            const uint a = i / reach * 2 * reach + i % reach;
            const float low = head[a];
            const float high = head[a + reach];
            head[a] = low + high;
            head[a + reach] = low - high;
        }
    }
    barrier();
}

/// Codes `head` with the book; returns the scale.
float codeWithLevels() {
    float squares = 0.0;
    for (uint d = gl_LocalInvocationID.x; d < kHeadDim; d += kGroupSize) {
        squares += head[d] * head[d];
    }
    const float size = sqrt(groupSum(squares));
    float decoded = 0.0;
    for (uint d = gl_LocalInvocationID.x; d < kHeadDim; d += kGroupSize) {
        const float value = head[d] / max(size, 1e-20);
        uint code = 0;
        for (uint step = 8; step > 0; step /= 2) {
            const uint bound = code + step - 1; // between this level and the next
            if (value > 0.5 * (levels[bound] + levels[bound + 1])) {
                code += step;
            }
        }
        codes[d] = code;
        decoded += levels[code] * levels[code];
    }
    return size / max(sqrt(groupSum(decoded)), 1e-20);
}

/// Codes `head` as signed bytes; returns the scale.
float codeAsBytes() {
    float largest = 0.0;
    for (uint d = 0; d < kHeadDim; ++d) {
        largest = max(largest, abs(head[d]));
    }
    const float scale = unpackHalf2x16(packHalf2x16(vec2(largest / 127.0))).x;
    for (uint d = gl_LocalInvocationID.x; d < kHeadDim; d += kGroupSize) {
        const float code = scale > 0.0 ? clamp(roundEven(head[d] / scale), -127.0, 127.0) : 0.0;
        codes[d] = uint(int(code)) & 255u;
    }
    barrier();
    return scale;
}

/// Word `word` of the codes.
uint packed(uint word, uint bits) {
    const uint fields = 32 / bits;
    uint result = 0;
    for (uint i = 0; i < fields; ++i) {
        result |= codes[word * fields + i] << (i * bits);
    }
    return result;
}

void main() {
    const uint lane = gl_LocalInvocationID.x;
    const uint heads = p.queryHeads + p.kvHeads;
    const uint row = groupIndex() / heads;
    const uint number = groupIndex() % heads;
    if (row >= p.rows) {
        return;
    }
    loadLevels(lane);
    const uint from = p.qkv.offset + row * p.qkv.stride + number * kHeadDim;
    load(from, row, true);
    rotate();
    if (number < p.queryHeads) {
        for (uint d = lane; d < kHeadDim; d += kGroupSize) {
            qkv[from + d] = X_TYPE(head[d]);
        }
        return;
    }
    const int slot = positions[p.positionsOffset + row];
    if (slot < 0 || slot >= int(p.capacity)) {
        return;
    }
    const uint kvHead = number - p.queryHeads;
    const uint keyRow = p.k.offset + uint(slot) * p.k.stride;
#ifdef KV_TQ4
    const float keyScale = codeWithLevels();
    const uint keyBits = 4;
#else
    const float keyScale = codeAsBytes();
    const uint keyBits = 8;
#endif
    for (uint word = lane; word < kKeyWords; word += kGroupSize) {
        k[keyRow + kvHead * kKeyWords + word] = packed(word, keyBits);
    }
    load(from + p.kvHeads * kHeadDim, row, false);
    rotate();
    const float valueScale = codeWithLevels();
    for (uint word = lane; word < kValueWords; word += kGroupSize) {
        v[p.v.offset + uint(slot) * p.v.stride + kvHead * kValueWords + word] = packed(word, 4);
    }
    if (lane == 0) {
        k[keyRow + p.kvHeads * kKeyWords + kvHead] = packHalf2x16(vec2(keyScale, valueScale));
    }
}
