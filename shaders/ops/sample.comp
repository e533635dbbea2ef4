// SPDX-License-Identifier: MIT
// Draws a token behind top-k, top-p and min-p; see inference/ops/sample.h. One workgroup per row. The filters leave the front part of all
// tokens ordered by likelihood, equal ones by number, so they are one cut: a logit, and how many of the tokens with exactly that
// logit stay. It is found by radix selection, 8 bits of the logit's key at a time, over counts for top-k and over weights for
// top-p. Weights are whole numbers (sample_weight.h) and their sums pairs of words, low first: nothing depends on an order.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/sample_weight.h"
#include "shaders/params/sample.h"

layout(push_constant) uniform Push { SampleParams p; };
layout(set = 0, binding = 0) readonly buffer Logits { float logits[]; };
layout(set = 0, binding = 1) readonly buffer Draw { uint draw[]; }; // scale, top-k, top-p, least weight, random number
layout(set = 0, binding = 2) buffer Result { uint result[]; };      // of pick: number, logit, ln(sum(exp))
layout(local_size_x_id = 0) in;
layout(constant_id = 0) const uint kGroupSize = 64;

const float kNothing = -3.4e38; // no logit: smaller ones, infinities and NaN do not take part

shared uint binLow[256]; // counts, or low words of weights
shared uint binHigh[256];
shared uint chosenBin;
shared uvec2 chosenRest;
shared uint ties[kGroupSize];
shared uvec2 sums[kGroupSize];
shared uint chosenLane;

uint logitsAt;
uint drawAt;
uint resultAt;
float best;
float scale;
uint cutKey = 0;  // tokens with a larger key stay
uint cutTies = 0; // and so many with this one, the first ones

uvec2 plus(uvec2 a, uvec2 b) {
    uint carry;
    const uint low = uaddCarry(a.x, b.x, carry);
    return uvec2(low, a.y + b.y + carry);
}

uvec2 minus(uvec2 a, uvec2 b) {
    uint borrow;
    const uint low = usubBorrow(a.x, b.x, borrow);
    return uvec2(low, a.y - b.y - borrow);
}

bool less(uvec2 a, uvec2 b) {
    return a.y < b.y || (a.y == b.y && a.x < b.x);
}

uvec2 times(uint a, uint b) {
    uint high;
    uint low;
    umulExtended(a, b, high, low);
    return uvec2(low, high);
}

/// Ordered as the logits are, and 0 for what does not take part; both zeros are equal.
uint keyOf(float logit) {
    if (!(logit > kNothing) || isinf(logit)) {
        return 0;
    }
    const uint bits = floatBitsToUint(logit);
    if (bits == 0x80000000u) {
        return bits;
    }
    return (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
}

float logitOf(uint key) {
    return uintBitsToFloat((key & 0x80000000u) != 0 ? key & 0x7fffffffu : ~key);
}

uint weightOf(uint key) {
    return sampleWeight(logitOf(key), best, scale);
}

void clearBins() {
    barrier();
    for (uint i = gl_LocalInvocationID.x; i < 256; i += kGroupSize) {
        binLow[i] = 0;
        binHigh[i] = 0;
    }
    barrier();
}

void addToBin(uint bin, uvec2 amount) {
    const uint before = atomicAdd(binLow[bin], amount.x);
    const uint high = amount.y + (before + amount.x < before ? 1u : 0u);
    if (high != 0) {
        atomicAdd(binHigh[bin], high);
    }
}

/// The bin in which the sum from the top reaches `wanted`, the lowest one if none does, and what is wanted of that bin.
void chooseBin(uvec2 wanted) {
    barrier();
    if (gl_LocalInvocationID.x == 0) {
        uint bin = 255;
        while (bin > 0 && less(uvec2(binLow[bin], binHigh[bin]), wanted)) {
            wanted = minus(wanted, uvec2(binLow[bin], binHigh[bin]));
            --bin;
        }
        chosenBin = bin;
        chosenRest = wanted;
    }
    barrier();
}

bool inBranch(uint key, uint prefix, uint shift) {
    return shift == 24 || key >> (shift + 8) == prefix;
}

/// Cuts behind the `count` likeliest.
void cutByCount(uint count) {
    uint prefix = 0;
    uvec2 wanted = uvec2(count, 0);
    for (int shift = 24; shift >= 0; shift -= 8) {
        clearBins();
        for (uint i = gl_LocalInvocationID.x; i < p.count; i += kGroupSize) {
            const uint key = keyOf(logits[logitsAt + i]);
            if (key != 0 && inBranch(key, prefix, shift)) {
                atomicAdd(binLow[(key >> shift) & 255u], 1);
            }
        }
        chooseBin(wanted);
        prefix = prefix << 8 | chosenBin;
        wanted = chosenRest;
    }
    cutKey = prefix;
    cutTies = wanted.x;
}

/// ceil(share * total / 2^16)
uvec2 partOf(uvec2 total, uint share) {
    uvec2 product = times(total.x, share);
    product.y += total.y * share;
    product = plus(product, uvec2(0xffffu, 0));
    return uvec2(product.x >> 16 | product.y << 16, product.y >> 16);
}

/// The smallest n with n * weight >= wanted, where there is one up to `most`.
uint countFor(uvec2 wanted, uint weight, uint most) {
    uint low = 1;
    uint high = max(most, 1u);
    while (low < high) {
        const uint middle = low + (high - low) / 2;
        if (less(times(middle, weight), wanted)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/// Of what stays behind the cut so far, cuts behind the likeliest whose weights reach share / 2^16 of all.
void cutByWeight(uint share) {
    uint prefix = 0;
    uvec2 wanted = uvec2(0);
    const uvec2 tied = cutKey == 0 ? uvec2(0) : times(cutTies, weightOf(cutKey));
    for (int shift = 24; shift >= 0; shift -= 8) {
        clearBins();
        for (uint i = gl_LocalInvocationID.x; i < p.count; i += kGroupSize) {
            const uint key = keyOf(logits[logitsAt + i]);
            if (key > cutKey && inBranch(key, prefix, shift)) {
                addToBin((key >> shift) & 255u, uvec2(weightOf(key), 0));
            }
        }
        if (gl_LocalInvocationID.x == 0 && inBranch(cutKey, prefix, shift)) {
            addToBin((cutKey >> shift) & 255u, tied);
        }
        if (shift == 24) {
            barrier();
            uvec2 total = uvec2(0);
            for (uint bin = 0; bin < 256; ++bin) {
                total = plus(total, uvec2(binLow[bin], binHigh[bin]));
            }
            wanted = partOf(total, share);
        }
        chooseBin(wanted);
        prefix = prefix << 8 | chosenBin;
        wanted = chosenRest;
    }
    const uint most = prefix == cutKey && cutKey != 0 ? cutTies : p.count;
    cutTies = countFor(wanted, weightOf(prefix), most);
    cutKey = prefix;
}

void main() {
    const uint lane = gl_LocalInvocationID.x;
    logitsAt = p.logitsOffset + gl_WorkGroupID.x * p.logitsStride;
    drawAt = p.drawOffset + 5 * gl_WorkGroupID.x;
    resultAt = p.resultOffset + 3 * gl_WorkGroupID.x;
    best = uintBitsToFloat(result[resultAt + 1]);
    scale = uintBitsToFloat(draw[drawAt]);
    const uint topK = draw[drawAt + 1];
    const uint share = draw[drawAt + 2];
    const uint least = draw[drawAt + 3];
    const bool nothing = result[resultAt] == 0xffffffffu;
    if (topK > 0) {
        cutByCount(topK);
    }
    if (share > 0) {
        cutByWeight(share);
    }
    // Each invocation has a stretch of numbers, so that the tokens stand in their order.
    const uint stretch = (p.count + kGroupSize - 1) / kGroupSize;
    const uint begin = min(lane * stretch, p.count);
    const uint end = min(begin + stretch, p.count);
    uint tied = 0;
    for (uint i = begin; i < end; ++i) {
        tied += keyOf(logits[logitsAt + i]) == cutKey ? 1 : 0;
    }
    ties[lane] = tied;
    barrier();
    uint firstTie = 0;
    for (uint i = 0; i < lane; ++i) {
        firstTie += ties[i];
    }
    uint tie = firstTie;
    uvec2 sum = uvec2(0);
    for (uint i = begin; i < end; ++i) {
        const uint key = keyOf(logits[logitsAt + i]);
        const bool stays = key > cutKey || (key == cutKey && key != 0 && tie < cutTies);
        tie += key == cutKey ? 1 : 0;
        const uint weight = stays ? weightOf(key) : 0;
        sum = plus(sum, uvec2(weight >= least ? weight : 0, 0));
    }
    sums[lane] = sum;
    barrier();
    if (lane == 0) {
        uvec2 total = uvec2(0);
        for (uint i = 0; i < kGroupSize; ++i) {
            total = plus(total, sums[i]);
        }
        // floor(random * total / 2^32)
        const uint random = draw[drawAt + 4];
        uvec2 at = plus(times(random, total.y), uvec2(times(random, total.x).y, 0));
        uint owner = 0;
        while (owner + 1 < kGroupSize && !less(at, sums[owner])) {
            at = minus(at, sums[owner]);
            ++owner;
        }
        chosenLane = owner;
        chosenRest = at;
    }
    barrier();
    if (lane != chosenLane || nothing) {
        return;
    }
    uvec2 at = chosenRest;
    tie = firstTie;
    for (uint i = begin; i < end; ++i) {
        const uint key = keyOf(logits[logitsAt + i]);
        const bool stays = key > cutKey || (key == cutKey && key != 0 && tie < cutTies);
        tie += key == cutKey ? 1 : 0;
        uint weight = stays ? weightOf(key) : 0;
        weight = weight >= least ? weight : 0;
        if (less(at, uvec2(weight, 0))) {
            result[resultAt] = i;
            result[resultAt + 1] = floatBitsToUint(logits[logitsAt + i]);
            return;
        }
        at = minus(at, uvec2(weight, 0));
    }
}
