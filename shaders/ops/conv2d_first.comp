// SPDX-License-Identifier: MIT
// First audio convolution: 1 -> C channels, 3x3, stride 2, zero padding 1, ReLU; output channel last.
// One invocation per output element; neighbouring ones share the nine inputs and differ in the channel, so that inputs come
// from cache and writes are contiguous. Sums in fp32.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/conv2d_first.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { Conv2dFirstParams p; };
layout(set = 0, binding = 0) readonly buffer X { X_TYPE x[]; };
layout(set = 0, binding = 1) readonly buffer Weight { float weight[]; };
layout(set = 0, binding = 2) readonly buffer Bias { float bias[]; };
layout(set = 0, binding = 3) writeonly buffer Y { Y_TYPE y[]; };

void main() {
    const uint index = invocationIndex();
    const uint outputFrequencies = (p.frequencies + 1) / 2;
    const uint row = index / p.channels;
    if (row >= p.outputFrames * outputFrequencies) {
        return;
    }
    const uint channel = index % p.channels;
    // Upper left corner of the window; -1 reaches into the zero padding.
    const int firstFrame = 2 * int(p.outputFirst + row / outputFrequencies) - 1;
    const int firstFrequency = 2 * int(row % outputFrequencies) - 1;
    float sum = bias[p.biasOffset + channel];
    for (int i = 0; i < 3; ++i) {
        const int frame = firstFrame + i;
        if (frame < 0 || frame >= int(p.totalFrames)) {
            continue;
        }
        for (int j = 0; j < 3; ++j) {
            const int frequency = firstFrequency + j;
            if (frequency < 0 || frequency >= int(p.frequencies)) {
                continue;
            }
            const float tap = weight[p.weight.offset + channel * p.weight.stride + uint(3 * i + j)];
            sum += tap * float(x[p.x.offset + (uint(frame) - p.inputFirst) * p.x.stride + uint(frequency)]);
        }
    }
    y[p.y.offset + row * p.y.stride + channel] = Y_TYPE(max(sum, 0.0));
}
