// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_CONV1D_DEPTHWISE_H
#define PHIAL_PARAMS_CONV1D_DEPTHWISE_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct Conv1dDepthwiseParams {
    RowView x;
    RowView y;
    RowView weight;
    uint biasOffset;
    uint rows;
    uint columns;
    uint taps;
};
PHIAL_PARAMS_END(Conv1dDepthwiseParams)

#endif
