// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_ADD_H
#define PHIAL_PARAMS_ADD_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct AddParams {
    RowView x;
    RowView z;
    RowView y;
    uint rows;
    uint columns;
    float alpha;
};
PHIAL_PARAMS_END(AddParams)

#endif
