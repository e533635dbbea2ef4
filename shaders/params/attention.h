// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_ATTENTION_H
#define PHIAL_PARAMS_ATTENTION_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct AttentionParams {
    RowView q;
    RowView k;
    RowView v;
    RowView y;
    RowView relativeBias;
    uint positionsOffset;
    uint kvLengthOffset;
    uint keyMaskOffset;
    uint columnScaleOffset;
    uint queries; ///< T, of one sequence
    uint keys;    ///< S, of one sequence
    uint kvHeads;
    uint queriesPerKey; ///< heads / kvHeads
    uint togetherRows;  ///< rows that may share a workgroup: all, or those of one query
    uint maxDistance;   ///< of the relative bias
    float scale;
    uint zero; ///< always 0; see shaders/include/rolled.glsl
};
PHIAL_PARAMS_END(AttentionParams)

PHIAL_PARAMS_BEGIN

struct AttentionReduceParams {
    RowView y;
    uint partsOffset;
    uint codecOffset;
    uint columnScaleOffset;
    uint splits;
    uint queries;
    uint heads;
    uint headDim;
};
PHIAL_PARAMS_END(AttentionReduceParams)

#endif
