// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_AVERAGE_POOL_H
#define PHIAL_PARAMS_AVERAGE_POOL_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct AveragePoolParams {
    RowView x;
    RowView y;
    uint grid;
    uint grids;
    uint columns;
};
PHIAL_PARAMS_END(AveragePoolParams)

#endif
