// SPDX-License-Identifier: MIT
// What the linear shaders for few rows share: an RMS norm in front and a gated unit behind, so that neither needs a pass of its
// own. Every workgroup reads the whole rows of x anyway and so adds up their squares itself. Include behind linear_common.glsl.
layout(set = 0, binding = 4) readonly buffer Gain { float gain[]; };               // anything when kNorm is 0
layout(set = 0, binding = 5) readonly buffer OutputScale { float outputScale[]; }; // anything when kHasOutputScale is 0

// 5 and 6 are how a shader cuts its work.
layout(constant_id = 7) const uint kNorm = 0;
layout(constant_id = 8) const uint kGated = 0; // weight rows [0, p.outputs) are the gate, as many behind them the value
layout(constant_id = 9) const uint kHasOutputScale = 0;

/// What the normed row is multiplied by, from the sum of its squares.
float inverseRms(float squares) {
    return kNorm != 0 ? inversesqrt(squares / float(p.columns) + p.normEpsilon) : 1.0;
}

void finishGated(uint row, uint column, float gate, float value) {
    if (kHasOutputScale != 0) {
        value *= outputScale[p.outputScaleOffset + column];
    }
    // For a very negative gate exp() becomes infinite and the quotient -0: the right limit.
    y[p.y.offset + row * p.y.stride + column] = Y_TYPE(value * (gate / (1.0 + exp(-gate))));
}
