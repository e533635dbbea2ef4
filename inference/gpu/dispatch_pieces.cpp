// SPDX-License-Identifier: MIT
#include "inference/gpu/dispatch_pieces.h"

#include <algorithm>

namespace phial::gpu {
namespace {

/// Calls `piece(first, count)` for stretches of nearly equal length, of at most `most` each.
template <class Piece>
void stretches(std::uint32_t all, std::uint64_t most, const Piece& piece) {
    const std::uint32_t pieces = groupCount(all, std::max<std::uint64_t>(1, most));
    const std::uint32_t length = groupCount(all, pieces);
    for (std::uint32_t first = 0; first < all; first += length) {
        piece(first, std::min(length, all - first));
    }
}

} // namespace

std::vector<DispatchPiece> cutDispatch(Groups grid, std::uint64_t most, RowCut rows) {
    std::vector<DispatchPiece> pieces;
    const std::uint64_t layer = std::uint64_t{grid.x} * grid.y;
    stretches(grid.z, most / layer, [&](std::uint32_t z, std::uint32_t depth) {
        if (layer <= most) {
            pieces.push_back({{0, 0, z}, {grid.x, grid.y, depth}});
            return;
        }
        stretches(grid.y, most / grid.x, [&](std::uint32_t y, std::uint32_t height) {
            if (grid.x <= most || (rows == RowCut::WholeRows && grid.y > 1)) {
                pieces.push_back({{0, y, z}, {grid.x, height, depth}});
                return;
            }
            stretches(grid.x, most, [&](std::uint32_t x, std::uint32_t width) {
                pieces.push_back({{x, y, z}, {width, height, depth}});
            });
        });
    });
    return pieces;
}

} // namespace phial::gpu
