// SPDX-License-Identifier: MIT
// y[t,f] = columnScale[f] * (value + valueBias[f]) * silu(gate + gateBias[f]), value and gate from the two halves of x[t,:].
// One invocation per element of y, fp32.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shaders/include/types.glsl"
#include "shaders/params/gated.h"
#include "shaders/include/index.glsl"

layout(push_constant) uniform Push { GatedParams p; };
layout(set = 0, binding = 0) readonly buffer X { X_TYPE x[]; };
layout(set = 0, binding = 1) writeonly buffer Y { Y_TYPE y[]; };
layout(constant_id = 1) const uint kHasColumnScale = 0;

#ifdef BIAS
layout(set = 0, binding = 2) readonly buffer ValueBias { float valueBias[]; };
layout(set = 0, binding = 3) readonly buffer GateBias { float gateBias[]; };
#else
layout(set = 0, binding = 2) readonly buffer ColumnScale { float columnScale[]; }; // anything when kHasColumnScale is 0
#endif

void main() {
    const uint index = invocationIndex();
    const uint row = index / p.columns;
    if (row >= p.rows) {
        return;
    }
    const uint column = index % p.columns;
    const uint from = p.x.offset + row * p.x.stride + column;
    float value = float(x[from + p.valueColumn]);
    float gate = float(x[from + p.gateColumn]);
#ifdef BIAS
    value += valueBias[p.valueBiasOffset + column];
    gate += gateBias[p.gateBiasOffset + column];
#else
    if (kHasColumnScale != 0) {
        value *= columnScale[p.columnScaleOffset + column];
    }
#endif
    // For a very negative gate exp() becomes infinite and the quotient -0: the right limit.
    y[p.y.offset + row * p.y.stride + column] = Y_TYPE(value * (gate / (1.0 + exp(-gate))));
}
