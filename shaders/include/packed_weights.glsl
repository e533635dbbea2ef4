// SPDX-License-Identifier: MIT
// A packed weight matrix in binding WEIGHT_BINDING, decoded by its definition (docs/package-format.md). The format is
// specialization constant PACKING_CONSTANT: coding | bits << 4 | log2(group) << 8, as packingConstant() of the host writes it.
// The including shader's push constants hold `PackedRows planes`.

layout(constant_id = PACKING_CONSTANT) const uint kPacking = 0x540;
const uint kCodingSq = 0;
const uint kCodingAffine = 1;
const uint kCodingNf4 = 2;
const uint kCoding = kPacking & 15u;
const uint kBits = (kPacking >> 4) & 15u;
const uint kGroupShift = kPacking >> 8;
const uint kLowBits = kBits < 4 ? 2 : (kBits < 7 ? 4 : 8);
const uint kHighBits = kBits - kLowBits;

layout(set = 0, binding = WEIGHT_BINDING) readonly buffer Weights { uint weightWords[]; };

const float kNf4Levels[16] = float[](-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453,
                                     -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0,
                                     0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
                                     0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0);

/// Four neighbouring fields of `width` bits.
uvec4 fieldQuad(uint bits, uint width) {
    return uvec4(bits, bits >> width, bits >> (2 * width), bits >> (3 * width)) & ((1u << width) - 1u);
}

/// What codes stand for before scale and offset.
vec4 levels(uvec4 codes) {
    if (kCoding == kCodingNf4) {
        return vec4(kNf4Levels[codes.x], kNf4Levels[codes.y], kNf4Levels[codes.z], kNf4Levels[codes.w]);
    }
    return vec4(codes);
}

/// Codes 8*octet .. 8*octet + 7 of a row.
void weightCodes(uint row, uint octet, out uvec4 low, out uvec4 high) {
    const uint start = row * p.planes.codeWords;
    if (kLowBits == 8) {
        low = fieldQuad(weightWords[start + 2 * octet], 8);
        high = fieldQuad(weightWords[start + 2 * octet + 1], 8);
    } else if (kLowBits == 4) {
        const uint bits = weightWords[start + octet];
        low = fieldQuad(bits, 4);
        high = fieldQuad(bits >> 16, 4);
    } else {
        const uint bits = weightWords[start + octet / 2] >> (16 * (octet % 2));
        low = fieldQuad(bits, 2);
        high = fieldQuad(bits >> 8, 2);
    }
    if (kHighBits != 0) {
        const uint octetsPerWord = 4 / kHighBits;
        const uint bits =
            weightWords[start + p.planes.highAt + octet / octetsPerWord] >> (8 * kHighBits * (octet % octetsPerWord));
        low |= fieldQuad(bits, kHighBits) << kLowBits;
        high |= fieldQuad(bits >> (4 * kHighBits), kHighBits) << kLowBits;
    }
}

/// Scales of a row's scales and offsets.
vec2 weightRowScale(uint row) {
    return kCoding == kCodingSq ? unpackHalf2x16(weightWords[p.planes.rowsAt + row]) : vec2(1);
}

/// Sq: the words that hold the scales and offsets of the four groups from `group` on, a multiple of 4.
uvec2 weightGroupWords(uint row, uint group) {
    const uint word = p.planes.groupsAt + row * p.planes.groupWords + group / 8 * 4 + group % 8 / 4;
    return uvec2(weightWords[word], weightWords[word + 2]);
}

/// Sq: scale and offset of the `index`-th of those four groups: weight = level * scale + offset.
vec2 weightGroupFrom(uvec2 words, uint index, vec2 rowScale) {
    const int shift = int(8 * index);
    return rowScale * vec2(float(bitfieldExtract(words.x, shift, 8)) * (1.0 / 255.0),
                           float(bitfieldExtract(int(words.y), shift, 8)) * (1.0 / 127.0));
}

/// Scale and offset of group `group` of a row, whose weightRowScale() is known: weight = level * scale + offset.
vec2 weightGroup(uint row, uint group, vec2 rowScale) {
    if (kCoding == kCodingSq) {
        return weightGroupFrom(weightGroupWords(row, group), group % 4, rowScale);
    }
    const vec2 pair = unpackHalf2x16(weightWords[p.planes.groupsAt + row * p.planes.groupWords + group]);
    return vec2(pair.x, -pair.x * pair.y);
}

vec2 weightGroup(uint row, uint group) {
    return weightGroup(row, group, weightRowScale(row));
}
