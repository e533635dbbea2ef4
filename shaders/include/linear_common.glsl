// SPDX-License-Identifier: MIT
// What all linear shaders share: bindings, options as specialization constants, and the end of the formula.
#include "shaders/include/types.glsl"
#include "shaders/params/linear.h"
#include "shaders/include/activations.glsl"

layout(push_constant) uniform Push { LinearParams p; };
layout(set = 0, binding = 0) readonly buffer X { X_TYPE x[]; };
#define WEIGHT_BINDING 1
#define PACKING_CONSTANT 4
#include "shaders/include/weight_octets.glsl"
layout(set = 0, binding = 2) readonly buffer Bias { float bias[]; }; // anything when kHasBias is 0
layout(set = 0, binding = 3) buffer Y { Y_TYPE y[]; };

layout(local_size_x_id = 0) in;
layout(constant_id = 0) const uint kGroupSize = 128;
layout(constant_id = 1) const uint kHasBias = 0;
layout(constant_id = 2) const uint kActivation = 0;
layout(constant_id = 3) const uint kAccumulate = 0;
// 4 is the format of a packed weight; a shader's own constants start at 5.

/// Writes y[row, column] from the bare sum.
void finish(uint row, uint column, float sum) {
    if (kHasBias != 0) {
        sum += bias[p.biasOffset + column];
    }
    float value = p.scale * activate(kActivation, sum);
    const uint at = p.y.offset + row * p.y.stride + column;
    if (kAccumulate != 0) {
        value += float(y[at]);
    }
    y[at] = Y_TYPE(value);
}
