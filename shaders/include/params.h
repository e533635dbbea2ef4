// SPDX-License-Identifier: MIT
// Push-constant structs are written once and read by both languages: each file of shaders/params is
// included by its shader and by its op. Members are 4-byte scalars or RowView, at most 128 bytes
// together (the limit every device offers). Guards instead of #pragma once because the GLSL
// compiler does not know it.
#ifndef PHIAL_INCLUDE_PARAMS_H
#define PHIAL_INCLUDE_PARAMS_H

#ifdef __cplusplus
#include <cstdint>

#define PHIAL_PARAMS_BEGIN namespace phial::params {
#define PHIAL_PARAMS_END(Name)                                                                     \
    static_assert(sizeof(Name) % 4 == 0 && sizeof(Name) <= 128);                                   \
    }

namespace phial::params {
using uint = std::uint32_t;
}
#else
#define PHIAL_PARAMS_BEGIN
#define PHIAL_PARAMS_END(Name)
#endif

PHIAL_PARAMS_BEGIN

/// Where the rows of a TensorView lie in its binding, in elements: element (t, d) is at offset + t
/// * stride + d.
struct RowView {
    uint offset;
    uint stride;
};
PHIAL_PARAMS_END(RowView)

#endif
