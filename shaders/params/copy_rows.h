// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_COPY_ROWS_H
#define PHIAL_PARAMS_COPY_ROWS_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct CopyRowsParams {
    RowView x;
    RowView y;
    uint rows;
    uint columns;
};
PHIAL_PARAMS_END(CopyRowsParams)

#endif
