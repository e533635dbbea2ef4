// SPDX-License-Identifier: MIT
// x[i] = 3 * x[i] + 1, in place.
#version 450
layout(local_size_x = 64) in;
layout(push_constant) uniform Params {
    uint count;
};
layout(binding = 0) buffer X {
    uint x[];
};

void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < count) {
        x[i] = 3u * x[i] + 1u;
    }
}
