// SPDX-License-Identifier: MIT
// Codes of rotated keys and values, as rope_append writes and attention reads them. A token's row in the key cache holds the
// code words of all heads, then one word per head with two binary16 scales: key low, value high. Its row in the value cache
// holds the code words. 4-bit codes are indices into 16 levels, field d % 8 of word d / 8; 8-bit codes are signed bytes, field
// d % 4 of word d / 4. Before: CODEC(i), element i of levels[16] followed by signs[kHeadDim]; kHeadDim.
#ifdef KV_TQ4
const uint kKeyWords = kHeadDim / 8;
#else
const uint kKeyWords = kHeadDim / 4;
#endif
const uint kValueWords = kHeadDim / 8;
#ifndef CODEC
#define CODEC(i) relativeBias[p.relativeBias.offset + (i)]
#endif

shared float levels[16];

/// Call before the first use, with a barrier between.
void loadLevels(uint lane) {
    if (lane < 16) {
        levels[lane] = CODEC(lane);
    }
}

float signOf(uint d) {
    return CODEC(16 + d);
}

/// Quad `quad` of a head from the word that holds it.
vec4 decodeLevelQuad(uint word, uint quad) {
    const uint fields = word >> (quad % 2 * 16);
    return vec4(levels[fields & 15u], levels[(fields >> 4) & 15u], levels[(fields >> 8) & 15u], levels[(fields >> 12) & 15u]);
}

vec4 decodeKeyQuad(uint word, uint quad) {
#ifdef KV_TQ4
    return decodeLevelQuad(word, quad);
#else
    return vec4(bitfieldExtract(int(word), 0, 8), bitfieldExtract(int(word), 8, 8), bitfieldExtract(int(word), 16, 8),
                bitfieldExtract(int(word), 24, 8));
#endif
}
