// SPDX-License-Identifier: MIT
// Many steps of a counter-based hash per element: work whose length the test chooses.
#version 450
layout(local_size_x = 64) in;
layout(push_constant) uniform Params {
    uint count;
    uint steps;
};
layout(binding = 0) buffer X {
    uint x[];
};

void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < count) {
        uint v = x[i];
        for (uint s = 0; s < steps; ++s) {
            v = v * 747796405u + 2891336453u;
            v ^= v >> 16;
        }
        x[i] = v;
    }
}
