// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_ROPE_H
#define PHIAL_PARAMS_ROPE_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct RopeParams {
    RowView x;
    RowView table;
    uint positionsOffset;
    uint rows;
    uint heads;
    uint headDim;
    uint halfRotary; ///< rotaryDim / 2
    uint tableRows;
    int tableBase; ///< position of table row 0
};
PHIAL_PARAMS_END(RopeParams)

#endif
