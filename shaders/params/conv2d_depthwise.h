// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_CONV2D_DEPTHWISE_H
#define PHIAL_PARAMS_CONV2D_DEPTHWISE_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct Conv2dDepthwiseParams {
    RowView x;
    RowView y;
    RowView weight;
    uint biasOffset;
    uint frequencies; ///< of x
    uint channels;
    uint outputFrames;
    uint totalFrames; ///< input frames of the whole recording
    uint inputFirst;  ///< frame in row 0 of x
    uint outputFirst; ///< output frame in row 0 of y
};
PHIAL_PARAMS_END(Conv2dDepthwiseParams)

#endif
