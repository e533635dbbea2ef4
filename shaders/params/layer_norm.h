// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_LAYER_NORM_H
#define PHIAL_PARAMS_LAYER_NORM_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct LayerNormParams {
    RowView x;
    RowView y;
    uint weightOffset;
    uint biasOffset;
    uint rows;
    uint columns;
    float eps;
};
PHIAL_PARAMS_END(LayerNormParams)

#endif
