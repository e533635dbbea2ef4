// SPDX-License-Identifier: MIT
// A weight matrix in binding WEIGHT_BINDING, stored as -DW_F16, -DW_BF16, -DW_PACKED or else fp32, read in octets: 8
// consecutive elements of a row. Rows are padded to whole octets on upload. 32-bit words only, which every device can read.
#ifdef W_PACKED
#include "shaders/include/packed_weights.glsl"

/// Elements 8*octet .. 8*octet + 3 of a row and the four behind them.
void weightOctet(uint row, uint octet, out vec4 low, out vec4 high) {
    uvec4 lowCodes;
    uvec4 highCodes;
    weightCodes(row, octet, lowCodes, highCodes);
    const vec2 group = weightGroup(row, octet >> (kGroupShift - 3));
    low = levels(lowCodes) * group.x + group.y;
    high = levels(highCodes) * group.x + group.y;
}
#else
layout(set = 0, binding = WEIGHT_BINDING) readonly buffer Weights { uvec4 weightWords[]; };

#if defined(W_F16)
vec4 unpackQuad(uvec2 bits) {
    return vec4(unpackHalf2x16(bits.x), unpackHalf2x16(bits.y));
}
#elif defined(W_BF16)
vec4 unpackQuad(uvec2 bits) {
    return uintBitsToFloat(uvec4(bits.x << 16, bits.x & 0xffff0000u, bits.y << 16, bits.y & 0xffff0000u));
}
#endif

/// Elements 8*octet .. 8*octet + 3 of a row and the four behind them.
void weightOctet(uint row, uint octet, out vec4 low, out vec4 high) {
    const uint at = row * p.octetsPerRow + octet;
#if defined(W_F16) || defined(W_BF16)
    const uvec4 bits = weightWords[at];
    low = unpackQuad(bits.xy);
    high = unpackQuad(bits.zw);
#else
    low = uintBitsToFloat(weightWords[2 * at]);
    high = uintBitsToFloat(weightWords[2 * at + 1]);
#endif
}
#endif
