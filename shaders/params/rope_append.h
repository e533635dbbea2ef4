// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_ROPE_APPEND_H
#define PHIAL_PARAMS_ROPE_APPEND_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct RopeAppendParams {
    RowView qkv;
    RowView table;
    RowView k;
    RowView v;
    uint tableRowsOffset; ///< of the vector that says which row of the table each token takes
    uint positionsOffset;
    uint codecOffset;
    uint rows;
    uint queryHeads;
    uint kvHeads;
    uint headDim;
    uint halfRotary; ///< rotaryDim / 2
    uint tableSize;  ///< rows of the table
    uint capacity;   ///< rows of the cache
};
PHIAL_PARAMS_END(RopeAppendParams)

#endif
