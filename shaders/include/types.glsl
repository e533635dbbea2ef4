// SPDX-License-Identifier: MIT
// Element types of the activations of a shader, chosen by -DX_F16, -DY_F16, -DZ_F16; fp32 otherwise. The 16-bit storage
// feature is asked for only by variants that touch an F16 tensor; arithmetic is fp32 in all of them.
#if defined(X_F16) || defined(Y_F16) || defined(Z_F16)
#extension GL_EXT_shader_16bit_storage : require
#endif

#ifdef X_F16
#define X_TYPE float16_t
#else
#define X_TYPE float
#endif

#ifdef Y_F16
#define Y_TYPE float16_t
#else
#define Y_TYPE float
#endif

#ifdef Z_F16
#define Z_TYPE float16_t
#else
#define Z_TYPE float
#endif
