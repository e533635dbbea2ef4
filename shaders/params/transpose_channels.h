// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_TRANSPOSE_CHANNELS_H
#define PHIAL_PARAMS_TRANSPOSE_CHANNELS_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct TransposeChannelsParams {
    RowView x;
    RowView y;
    uint frames;
    uint frequencies;
    uint channels;
};
PHIAL_PARAMS_END(TransposeChannelsParams)

#endif
