// SPDX-License-Identifier: MIT
// Push constants of every kind that reflection must measure, and a partly specialized workgroup.
#version 450
layout(local_size_x = 4, local_size_y_id = 1, local_size_z = 2) in;
struct Pair {
    uint first;
    float second;
};
layout(push_constant) uniform Params {
    uvec2 size;
    vec4 row[2];
    Pair pair;
};
layout(binding = 0) buffer X {
    float x[];
};

void main() {
    uint i = gl_LocalInvocationIndex;
    x[i] = float(size.x) + row[i & 1u].y + pair.second;
}
