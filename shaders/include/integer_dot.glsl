// SPDX-License-Identifier: MIT
// Products of a packed weight and x rounded to eight bits, whole numbers four at a time: x in runs of 32, each with a unit of its
// own. Include behind linear_common.glsl, with GL_EXT_spirv_intrinsics.

// OpSDot of two words of four signed bytes (format 0), which older compilers have no function for.
spirv_instruction(extensions = ["SPV_KHR_integer_dot_product"], capabilities = [6018, 6019], id = 4450)
int packedDot(uint a, uint b, spirv_literal int format);

uint packBytes(ivec4 v) {
    const uvec4 low = uvec4(v & 255);
    return low.x | low.y << 8 | low.z << 16 | low.w << 24;
}

/// A run of 32, octet by octet, in units of its largest: `words` holds the even numbers of each octet, then the odd ones.
void roundRun(vec4 low[4], vec4 high[4], out uint words[8], out float unit, out int total) {
    vec4 largest = vec4(0);
    for (uint i = 0; i < 4; ++i) {
        largest = max(largest, max(abs(low[i]), abs(high[i])));
    }
    const float top = max(max(largest.x, largest.y), max(largest.z, largest.w));
    const float perUnit = top > 1e-30 ? 127.0 / top : 0.0; // without an overflow
    unit = top / 127.0;
    total = 0;
    for (uint i = 0; i < 4; ++i) {
        const ivec4 a = ivec4(roundEven(low[i] * perUnit));
        const ivec4 b = ivec4(roundEven(high[i] * perUnit));
        words[2 * i] = packBytes(ivec4(a.xz, b.xz));
        words[2 * i + 1] = packBytes(ivec4(a.yw, b.yw));
        total += a.x + a.y + a.z + a.w + b.x + b.y + b.z + b.w;
    }
}

/// Codes of an octet in the same order, 128 less where they have eight bits.
uvec2 codeWords(uint row, uint octet) {
    uvec4 low;
    uvec4 high;
    weightCodes(row, octet, low, high);
    const uvec2 words = uvec2(low.x | low.z << 8 | high.x << 16 | high.z << 24,
                              low.y | low.w << 8 | high.y << 16 | high.w << 24);
    return kBits == 8 ? words ^ 0x80808080u : words;
}

/// Four-bit codes of an octet, one word as it is stored, in the same order.
uvec2 nibbleWords(uint octet) {
    return uvec2(octet, octet >> 4) & 0x0f0f0f0fu;
}
