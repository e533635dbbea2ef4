// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_LINEAR_H
#define PHIAL_PARAMS_LINEAR_H
#include "shaders/include/packed_rows.h"

PHIAL_PARAMS_BEGIN

struct LinearParams {
    RowView x;
    RowView y; ///< of this piece's columns
    uint biasOffset;
    uint rows;         ///< T
    uint columns;      ///< K
    uint outputs;      ///< N of this piece
    uint octetsPerRow; ///< K / 8, rounded up
    PackedRows planes; ///< of a packed weight
    float scale;
    uint zero; ///< always 0; see shaders/include/rolled.glsl
    // Of the shaders for few rows only:
    uint gainOffset; ///< of the norm in front
    float normEpsilon;
    uint outputScaleOffset; ///< of the gated unit behind
};
PHIAL_PARAMS_END(LinearParams)

#endif
