// SPDX-License-Identifier: MIT
// A weight matrix in binding WEIGHT_BINDING, stored as -DW_F16, -DW_BF16 or else fp32. The 16-bit formats are read as 32-bit
// words, which every device can; rows are padded to an even number of elements on upload, so that no word is cut.
#ifndef WEIGHT_BINDING
#define WEIGHT_BINDING 0
#endif

#if defined(W_F16) || defined(W_BF16)
layout(set = 0, binding = WEIGHT_BINDING) readonly buffer Weights { uint weightWords[]; };

/// Elements 2*word and 2*word + 1.
vec2 weightPair(uint word) {
    const uint bits = weightWords[word];
#ifdef W_F16
    return unpackHalf2x16(bits);
#else
    return vec2(uintBitsToFloat(bits << 16), uintBitsToFloat(bits & 0xffff0000u));
#endif
}

/// Element `index`, counted from the start of the binding.
float weightAt(uint index) {
    return weightPair(index >> 1)[index & 1u];
}
#else
layout(set = 0, binding = WEIGHT_BINDING) readonly buffer Weights { float weights[]; };

vec2 weightPair(uint word) {
    return vec2(weights[2 * word], weights[2 * word + 1]);
}

float weightAt(uint index) {
    return weights[index];
}
#endif
