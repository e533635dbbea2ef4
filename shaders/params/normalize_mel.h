// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_NORMALIZE_MEL_H
#define PHIAL_PARAMS_NORMALIZE_MEL_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct NormalizeMelParams {
    RowView x;
    RowView y;
    uint meanOffset;
    uint inverseStdOffset;
    uint rows;
    uint columns;
};
PHIAL_PARAMS_END(NormalizeMelParams)

#endif
