// SPDX-License-Identifier: MIT
#ifndef PHIAL_PARAMS_SAMPLE_H
#define PHIAL_PARAMS_SAMPLE_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct SampleParams {
    uint logitsOffset;
    uint drawOffset;
    uint resultOffset;
    uint logitsStride; ///< from row to row
    uint count;
};
PHIAL_PARAMS_END(SampleParams)

#endif
