// SPDX-License-Identifier: MIT
// First audio convolution: 1 -> C channels, 3x3, stride 2, zero padding 1, ReLU; output channel last.
// One invocation per channel and run of kRun output frequencies, so that the nine taps are read once for all of them, and what
// the windows share once too; neighbouring invocations differ in the channel, so that inputs come from cache and writes are
// contiguous. LANES is for software devices, which load for each lane in turn: channels are a multiple of the lanes, so all lanes
// need the same inputs; each reads a few of them, and the others get them by broadcast. Sums in fp32.
#version 450
#extension GL_GOOGLE_include_directive : require
#ifdef LANES
#extension GL_KHR_shader_subgroup_ballot : require
#endif
#include "shaders/include/types.glsl"
#include "shaders/params/conv2d_first.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { Conv2dFirstParams p; };
layout(set = 0, binding = 0) readonly buffer X { X_TYPE x[]; };
layout(set = 0, binding = 1) readonly buffer Weight { float weight[]; };
layout(set = 0, binding = 2) readonly buffer Bias { float bias[]; };
layout(set = 0, binding = 3) writeonly buffer Y { Y_TYPE y[]; };

layout(constant_id = 1) const uint kRun = 4;
const uint kWidth = 2 * kRun + 1; // input frequencies of a run

/// Input at place n of the window of three frames and kWidth frequencies; zero outside of the recording.
float inputAt(int firstFrame, int firstFrequency, uint n) {
    const int frame = firstFrame + int(n / kWidth);
    const int frequency = firstFrequency + int(n % kWidth);
    const uint row = uint(clamp(frame, 0, int(p.totalFrames) - 1)) - p.inputFirst;
    const uint column = uint(clamp(frequency, 0, int(p.frequencies) - 1));
    const float value = float(x[p.x.offset + row * p.x.stride + column]);
    const bool inside = frame >= 0 && frame < int(p.totalFrames) && frequency >= 0 && frequency < int(p.frequencies);
    return inside ? value : 0.0;
}

void main() {
    const uint index = invocationIndex();
    const uint outputFrequencies = (p.frequencies + 1) / 2;
    const uint runs = (outputFrequencies + kRun - 1) / kRun;
    const uint run = index / p.channels;
    if (run >= p.outputFrames * runs) {
        return;
    }
    const uint channel = index % p.channels;
    const uint outputFrame = run / runs;
    const uint firstOutput = run % runs * kRun;
    // Upper left corner of the first window; -1 reaches into the zero padding.
    const int firstFrame = 2 * int(p.outputFirst + outputFrame) - 1;
    const int firstFrequency = 2 * int(firstOutput) - 1;
#ifdef LANES
    float held[(3 * kWidth + 7) / 8];
    for (uint n = 0; n < 3 * kWidth; n += 8) {
        held[n / 8] = inputAt(firstFrame, firstFrequency, min(n + (gl_LocalInvocationID.x & 7u), 3 * kWidth - 1));
    }
#endif
    float sums[kRun];
    for (uint o = 0; o < kRun; ++o) {
        sums[o] = bias[p.biasOffset + channel];
    }
    for (uint i = 0; i < 3; ++i) {
        float values[kWidth];
        for (uint n = 0; n < kWidth; ++n) {
#ifdef LANES
            values[n] = subgroupBroadcast(held[(i * kWidth + n) / 8], (i * kWidth + n) % 8);
#else
            values[n] = inputAt(firstFrame, firstFrequency, i * kWidth + n);
#endif
        }
        for (uint j = 0; j < 3; ++j) {
            const float tap = weight[p.weight.offset + channel * p.weight.stride + 3 * i + j];
            for (uint o = 0; o < kRun; ++o) {
                sums[o] += tap * values[2 * o + j];
            }
        }
    }
    for (uint o = 0; o < kRun; ++o) {
        if (firstOutput + o < outputFrequencies) {
            const uint row = outputFrame * outputFrequencies + firstOutput + o;
            y[p.y.offset + row * p.y.stride + channel] = Y_TYPE(max(sums[o], 0.0));
        }
    }
}
