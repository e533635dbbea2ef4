// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_PATCHIFY_H
#define PHIAL_PARAMS_PATCHIFY_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct PatchifyParams {
    RowView y;
    uint pixelsOffset;
    uint images;
    uint channels;
    uint height;
    uint width;
    uint patchSize;
};
PHIAL_PARAMS_END(PatchifyParams)

#endif
