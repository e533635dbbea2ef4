// SPDX-License-Identifier: MIT
#include "inference/gpu/hazard_tracker.h"

#include <gtest/gtest.h>

#include <array>

namespace phial::gpu {
namespace {

int a, b; // two buffers; only their addresses matter

RangeUse reads(const int& buffer, std::uint64_t begin, std::uint64_t end) {
    return {&buffer, begin, end, false};
}

RangeUse writes(const int& buffer, std::uint64_t begin, std::uint64_t end) {
    return {&buffer, begin, end, true};
}

bool barrierBetween(RangeUse first, RangeUse second) {
    HazardTracker tracker;
    tracker.add(std::array{first});
    return tracker.add(std::array{second});
}

TEST(HazardTracker, OrdersWritesBeforeReadsAndReadsBeforeWrites) {
    EXPECT_TRUE(barrierBetween(writes(a, 0, 8), reads(a, 4, 12)));
    EXPECT_TRUE(barrierBetween(reads(a, 0, 8), writes(a, 4, 12)));
    EXPECT_TRUE(barrierBetween(writes(a, 0, 8), writes(a, 0, 8)));
}

TEST(HazardTracker, LeavesIndependentCommandsAlone) {
    EXPECT_FALSE(barrierBetween(reads(a, 0, 8), reads(a, 0, 8)));
    EXPECT_FALSE(barrierBetween(writes(a, 0, 8), reads(a, 8, 16))) << "touching is not overlapping";
    EXPECT_FALSE(barrierBetween(writes(a, 0, 8), writes(b, 0, 8)));
}

TEST(HazardTracker, AnInPlaceCommandDoesNotConflictWithItself) {
    HazardTracker tracker;
    EXPECT_FALSE(tracker.add(std::array{reads(a, 0, 8), writes(a, 0, 8)}));
    EXPECT_TRUE(tracker.add(std::array{reads(a, 0, 8), writes(a, 0, 8)}));
}

TEST(HazardTracker, ABarrierCoversEverythingBefore) {
    HazardTracker tracker;
    tracker.add(std::array{writes(a, 0, 8)});
    tracker.add(std::array{writes(b, 0, 8)});
    EXPECT_TRUE(tracker.add(std::array{reads(a, 0, 8)}));
    EXPECT_FALSE(tracker.add(std::array{reads(b, 0, 8)})) << "the barrier for a covered b";
}

} // namespace
} // namespace phial::gpu
