// SPDX-License-Identifier: MIT
// One invocation a group; x[n] = n + 1 for group n, its rows folded as index.glsl does.
#version 450
layout(local_size_x = 1) in;
layout(push_constant) uniform Params {
    uint count;
};
layout(binding = 0) buffer X {
    uint x[];
};

void main() {
    uint n = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
    if (n < count) {
        x[n] += n + 1;
    }
}
