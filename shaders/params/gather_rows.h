// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_GATHER_ROWS_H
#define PHIAL_PARAMS_GATHER_ROWS_H
#include "shaders/include/packed_rows.h"

PHIAL_PARAMS_BEGIN

struct GatherRowsParams {
    RowView source;
    RowView y;
    uint idsOffset;
    uint rows;
    uint columns;
    uint firstSourceRow; ///< id of the first row in this binding
    uint sourceRows;
    uint columnScaleOffset;
    PackedRows planes; ///< of a packed table
};
PHIAL_PARAMS_END(GatherRowsParams)

#endif
