// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/gpu/range_allocator.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace phial::gpu {
namespace {

struct Held {
    std::uint64_t offset;
    std::uint64_t bytes;
};

TEST(RangeAllocator, NeverOverlapsAlignsAndJoinsWhatIsFreed) {
    constexpr std::uint64_t kSize = 1 << 16;
    for (const unsigned seed : {1U, 2U, 3U, 4U}) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        RangeAllocator ranges(kSize);
        std::vector<bool> taken(kSize, false); // the judge: one flag per byte
        std::vector<Held> held;
        std::uint64_t sum = 0;
        for (int step = 0; step < 4000; ++step) {
            if (held.empty() || random() % 5 < 3) {
                const std::uint64_t bytes = 1 + random() % 3000;
                const std::uint64_t alignment = std::uint64_t{1} << (random() % 9);
                const auto offset = ranges.allocate(bytes, alignment);
                if (!offset.has_value()) {
                    continue;
                }
                ASSERT_EQ(*offset % alignment, 0U);
                ASSERT_LE(*offset + bytes, kSize);
                for (std::uint64_t i = 0; i < bytes; ++i) {
                    ASSERT_FALSE(taken[*offset + i]);
                    taken[*offset + i] = true;
                }
                held.push_back({*offset, bytes});
                sum += bytes;
            } else {
                const std::size_t pick = random() % held.size();
                ranges.release(held[pick].offset, held[pick].bytes);
                std::fill_n(taken.begin() + static_cast<std::ptrdiff_t>(held[pick].offset),
                            held[pick].bytes, false);
                sum -= held[pick].bytes;
                held.erase(held.begin() + static_cast<std::ptrdiff_t>(pick));
            }
            ASSERT_EQ(ranges.used(), sum);
        }
        for (const Held& range : held) {
            ranges.release(range.offset, range.bytes);
        }
        EXPECT_TRUE(ranges.empty());
        EXPECT_EQ(ranges.allocate(kSize, 256), 0U) << "all gaps are one again";
    }
}

TEST(RangeAllocator, PrefersTheSmallestGapThatFits) {
    RangeAllocator ranges(1000);
    const auto large = ranges.allocate(300, 1);
    ASSERT_TRUE(ranges.allocate(10, 1).has_value()); // keeps the gaps apart
    const auto small = ranges.allocate(100, 1);
    ASSERT_TRUE(ranges.allocate(590, 1).has_value());
    ranges.release(*large, 300);
    ranges.release(*small, 100);
    EXPECT_EQ(ranges.allocate(90, 1), *small);
}

TEST(RangeAllocator, SaysWhenNothingFits) {
    RangeAllocator ranges(100);
    EXPECT_FALSE(ranges.allocate(101, 1).has_value());
    EXPECT_TRUE(ranges.allocate(100, 1).has_value());
    EXPECT_FALSE(ranges.allocate(1, 1).has_value());
}

TEST(RangeAllocator, NoticesWhatIsFreedTwice) {
    RangeAllocator ranges(100);
    const auto kept = ranges.allocate(10, 1);
    const auto freed = ranges.allocate(10, 1);
    ASSERT_TRUE(kept.has_value() && freed.has_value());
    ranges.release(*freed, 10);
    EXPECT_THROW(ranges.release(*freed, 90), Error);
}

} // namespace
} // namespace phial::gpu
