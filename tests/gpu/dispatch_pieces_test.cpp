// SPDX-License-Identifier: MIT
#include "inference/gpu/dispatch_pieces.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace phial::gpu {
namespace {

std::uint64_t groupsOf(const DispatchPiece& piece) {
    return std::uint64_t{piece.count.x} * piece.count.y * piece.count.z;
}

/// The numbers of a piece's groups in the whole grid.
std::vector<std::uint64_t> numbersOf(const DispatchPiece& piece, Groups grid) {
    std::vector<std::uint64_t> numbers;
    for (std::uint32_t z = 0; z < piece.count.z; ++z) {
        for (std::uint32_t y = 0; y < piece.count.y; ++y) {
            for (std::uint32_t x = 0; x < piece.count.x; ++x) {
                numbers.push_back((std::uint64_t{piece.first.z + z} * grid.y + piece.first.y + y) *
                                      grid.x +
                                  piece.first.x + x);
            }
        }
    }
    return numbers;
}

TEST(DispatchPieces, CoverTheGridOnceAndInOrder) {
    for (const Groups grid : {Groups{1, 1, 1}, {7, 1, 1}, {256, 8, 1}, {3, 5, 4}, {1, 9, 2}}) {
        for (const std::uint64_t most : {1, 2, 3, 7, 16, 100, 100000}) {
            for (const RowCut cut : {RowCut::Allowed, RowCut::WholeRows}) {
                std::vector<std::uint64_t> seen;
                for (const DispatchPiece& piece : cutDispatch(grid, most, cut)) {
                    const auto numbers = numbersOf(piece, grid);
                    seen.insert(seen.end(), numbers.begin(), numbers.end());
                }
                ASSERT_EQ(seen.size(), std::size_t{grid.x} * grid.y * grid.z);
                for (std::size_t i = 0; i < seen.size(); ++i) {
                    ASSERT_EQ(seen[i], i) << grid.x << " " << grid.y << " " << grid.z;
                }
            }
        }
    }
}

TEST(DispatchPieces, AreNoLargerThanAsked) {
    for (const std::uint64_t most : {1, 2, 3, 7, 16, 100, 100000}) {
        for (const DispatchPiece& piece : cutDispatch({256, 8, 3}, most, RowCut::Allowed)) {
            EXPECT_LE(groupsOf(piece), most);
        }
    }
}

TEST(DispatchPieces, AreNearlyEqual) {
    std::uint64_t least = 1000;
    const auto pieces = cutDispatch({100, 1, 1}, 40, RowCut::Allowed);
    ASSERT_EQ(pieces.size(), 3U);
    for (const DispatchPiece& piece : pieces) {
        least = std::min(least, groupsOf(piece));
    }
    EXPECT_GE(least, 32U) << "not 40, 40, 20";
}

TEST(DispatchPieces, KeepRowsWholeWhereTheShaderCountsThem) {
    for (const DispatchPiece& piece : cutDispatch({256, 8, 2}, 10, RowCut::WholeRows)) {
        EXPECT_EQ(piece.count.x, 256U);
        EXPECT_EQ(piece.count.y, 1U);
        EXPECT_EQ(piece.count.z, 1U);
    }
    for (const DispatchPiece& piece : cutDispatch({256, 1, 1}, 10, RowCut::WholeRows)) {
        EXPECT_LE(piece.count.x, 10U) << "a single row may be cut";
    }
}

} // namespace
} // namespace phial::gpu
