// SPDX-License-Identifier: MIT
// Needs 16-bit storage: y[i] = 2 x[i].
#version 450
#extension GL_EXT_shader_16bit_storage : require
layout(local_size_x = 64) in;
layout(push_constant) uniform Params {
    uint count;
};
layout(binding = 0) readonly buffer X {
    float16_t x[];
};
layout(binding = 1) writeonly buffer Y {
    float16_t y[];
};

void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < count) {
        y[i] = float16_t(2.0 * float(x[i]));
    }
}
