// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_GATED_H
#define PHIAL_PARAMS_GATED_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct GatedParams {
    RowView x;
    RowView y;
    uint valueBiasOffset;
    uint gateBiasOffset;
    uint rows;
    uint columns; ///< of y; x has twice as many
    uint valueColumn;
    uint gateColumn;
    uint columnScaleOffset;
};
PHIAL_PARAMS_END(GatedParams)

#endif
