// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_RMS_NORM_H
#define PHIAL_PARAMS_RMS_NORM_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct RmsNormParams {
    RowView x;
    RowView y;
    uint weightOffset;
    uint rows;
    uint columns;
    float eps;
};
PHIAL_PARAMS_END(RmsNormParams)

#endif
