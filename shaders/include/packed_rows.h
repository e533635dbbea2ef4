// SPDX-License-Identifier: MIT
// Where the planes of a packed weight matrix lie, in 32-bit words of its binding; zeros for other
// formats. Read by both languages, see params.h.
#ifndef PHIAL_INCLUDE_PACKED_ROWS_H
#define PHIAL_INCLUDE_PACKED_ROWS_H
#include "shaders/include/params.h"

PHIAL_PARAMS_BEGIN

struct PackedRows {
    uint codeWords;  ///< from row to row of the codes
    uint highAt;     ///< first word of the high bits in the codes of a row
    uint groupsAt;   ///< first word of the groups
    uint groupWords; ///< from row to row of the groups
    uint rowsAt;     ///< first word of the row scales
};
PHIAL_PARAMS_END(PackedRows)

#endif
