// SPDX-License-Identifier: MIT
// A weight matrix in binding WEIGHT_BINDING, stored as -DW_F16, -DW_BF16, -DW_PACKED or else fp32, read element by element. The
// 16-bit formats are read as 32-bit words, which every device can; rows are padded to an even number of elements on upload,
// so that no word is cut.
#ifndef WEIGHT_BINDING
#define WEIGHT_BINDING 0
#endif

#if defined(W_PACKED)
#include "shaders/include/packed_weights.glsl"

/// Element [row, column]; the planes are in the push constants.
float weightAt(RowView unused, uint row, uint column) {
    uvec4 low;
    uvec4 high;
    weightCodes(row, column / 8, low, high);
    const vec2 group = weightGroup(row, column >> kGroupShift);
    return levels(column % 8 < 4 ? low : high)[column % 4] * group.x + group.y;
}
#elif defined(W_F16) || defined(W_BF16)
layout(set = 0, binding = WEIGHT_BINDING) readonly buffer Weights { uint weightWords[]; };

/// Element [row, column] of a view.
float weightAt(RowView view, uint row, uint column) {
    const uint index = view.offset + row * view.stride + column;
    const uint bits = weightWords[index >> 1];
#ifdef W_F16
    return unpackHalf2x16(bits)[index & 1u];
#else
    return uintBitsToFloat((index & 1u) == 0 ? bits << 16 : bits & 0xffff0000u);
#endif
}
#else
layout(set = 0, binding = WEIGHT_BINDING) readonly buffer Weights { float weights[]; };

/// Element [row, column] of a view.
float weightAt(RowView view, uint row, uint column) {
    return weights[view.offset + row * view.stride + column];
}
#endif
