// SPDX-License-Identifier: MIT
// y[py*n + px, (c*s + r)*s + q] = pixels[c, py*s + r, px*s + q], n = width / s, s = patch size.
// One invocation per element of y; several images lie one behind the other.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/patchify.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { PatchifyParams p; };
layout(set = 0, binding = 0) readonly buffer Pixels { float pixels[]; };
layout(set = 0, binding = 1) writeonly buffer Y { Y_TYPE y[]; };

void main() {
    const uint size = p.patchSize;
    const uint columns = p.channels * size * size;
    const uint patchesAcross = p.width / size;
    const uint index = invocationIndex();
    const uint row = index / columns;
    const uint patches = p.height / size * patchesAcross; // of one image
    if (row >= p.images * patches) {
        return;
    }
    const uint column = index % columns;
    const uint plane = row / patches * p.channels + column / (size * size);
    const uint pixelRow = row % patches / patchesAcross * size + column / size % size;
    const uint pixelColumn = row % patchesAcross * size + column % size;
    y[p.y.offset + row * p.y.stride + column] =
        Y_TYPE(pixels[p.pixelsOffset + (plane * p.height + pixelRow) * p.width + pixelColumn]);
}
