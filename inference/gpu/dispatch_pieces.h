// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"

#include <cstdint>
#include <vector>

namespace phial::gpu {

/// A box of the workgroups of a dispatch.
struct DispatchPiece {
    Groups first; ///< 0, 0, 0 is the corner of the whole grid
    Groups count; ///< no dimension is 0
};

/// How far a grid may be cut. A shader that numbers its groups by gl_NumWorkGroups.x sees the
/// numbers of its piece, so the pieces of a grid with several rows must have whole rows.
enum class RowCut : std::uint8_t { Allowed, WholeRows };

/// Cuts a grid into pieces of at most `most` workgroups (at least 1) where that can be done. They
/// cover the grid once, in the order of its groups: x fastest, then y, then z.
std::vector<DispatchPiece> cutDispatch(Groups grid, std::uint64_t most, RowCut rows);

} // namespace phial::gpu
