// SPDX-License-Identifier: MIT
// Compiled at configure time to see whether the shader compiler knows cooperative matrices.
#version 450
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
layout(local_size_x = 32) in;
shared f16vec4 tile[16 * 4];
layout(set = 0, binding = 0) buffer Y { float y[]; };

void main() {
    tile[gl_LocalInvocationID.x] = f16vec4(1);
    barrier();
    coopmat<float16_t, gl_ScopeSubgroup, 16, 16, gl_MatrixUseA> a;
    coopmat<float16_t, gl_ScopeSubgroup, 16, 16, gl_MatrixUseB> b;
    coopMatLoad(a, tile, 0, 4, gl_CooperativeMatrixLayoutRowMajor);
    coopMatLoad(b, tile, 0, 4, gl_CooperativeMatrixLayoutColumnMajor);
    coopmat<float, gl_ScopeSubgroup, 16, 16, gl_MatrixUseAccumulator> sum =
        coopmat<float, gl_ScopeSubgroup, 16, 16, gl_MatrixUseAccumulator>(0.0);
    sum = coopMatMulAdd(a, b, sum);
    coopMatStore(sum, y, 0, 16, gl_CooperativeMatrixLayoutRowMajor);
}
