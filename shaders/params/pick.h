// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_PICK_H
#define PHIAL_PARAMS_PICK_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct PickParams {
    uint logitsOffset;
    uint partsOffset;
    uint resultOffset;
    uint logitsStride; ///< from row to row
    uint count;        ///< logits of a row
    uint perGroup;     ///< logits that one workgroup looks at
    uint groups;
};
PHIAL_PARAMS_END(PickParams)

#endif
