// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_ADD_ROWS_H
#define PHIAL_PARAMS_ADD_ROWS_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct AddRowsParams {
    RowView x;
    RowView table;
    uint idsOffset;
    uint rows;
    uint columns;
    uint firstTableRow; ///< id of the first row in this binding
    uint tableRows;
};
PHIAL_PARAMS_END(AddRowsParams)

#endif
