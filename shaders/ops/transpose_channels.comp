// SPDX-License-Identifier: MIT
// y[t, c*F + f] = x[t*F + f, c]. One invocation per element of y: contiguous writes; the strided reads of one frame stay in
// cache (F = 10, 20 KiB).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/transpose_channels.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { TransposeChannelsParams p; };
layout(set = 0, binding = 0) readonly buffer X { X_TYPE x[]; };
layout(set = 0, binding = 1) writeonly buffer Y { Y_TYPE y[]; };

void main() {
    const uint columns = p.channels * p.frequencies;
    const uint index = invocationIndex();
    const uint frame = index / columns;
    if (frame >= p.frames) {
        return;
    }
    const uint column = index % columns;
    const uint xRow = frame * p.frequencies + column % p.frequencies;
    y[p.y.offset + frame * p.y.stride + column] =
        Y_TYPE(float(x[p.x.offset + xRow * p.x.stride + column / p.frequencies]));
}
