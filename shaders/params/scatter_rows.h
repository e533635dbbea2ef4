// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_SCATTER_ROWS_H
#define PHIAL_PARAMS_SCATTER_ROWS_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct ScatterRowsParams {
    RowView source;
    RowView y;
    uint idsOffset;
    uint rows;
    uint columns;
    uint destinationRows;
};
PHIAL_PARAMS_END(ScatterRowsParams)

#endif
