// SPDX-License-Identifier: MIT
// y[i] = factor * x[i] + summand[0]; the summand comes from a buffer as decode positions do.
#version 450
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kFactor = 2;
layout(push_constant) uniform Params {
    uint count;
    uint shift;
};
layout(binding = 0) readonly buffer X {
    uint x[];
};
layout(binding = 1) writeonly buffer Y {
    uint y[];
};
layout(binding = 2) readonly buffer Summand {
    uint summand[];
};

void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < count) {
        y[i] = kFactor * x[i] + summand[0] + shift;
    }
}
