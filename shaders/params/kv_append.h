// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_KV_APPEND_H
#define PHIAL_PARAMS_KV_APPEND_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct KvAppendParams {
    RowView qkv;
    RowView k;
    RowView v;
    uint positionsOffset;
    uint rows;
    uint columns;     ///< kvHeads * headDim
    uint keyColumn;   ///< first column of k in a qkv row
    uint valueColumn; ///< first column of v in a qkv row
    uint capacity;
};
PHIAL_PARAMS_END(KvAppendParams)

#endif
