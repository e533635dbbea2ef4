// SPDX-License-Identifier: MIT
#include "inference/gpu/profiler.h"
#include "tests/gpu/gpu_test_support.h"
#include "tests/support/gpu_fixture.h"

namespace phial::gpu::test {
namespace {

class ProfilerTest : public phial::GpuTest {};

TEST_F(ProfilerTest, TimesEveryDispatchUnderItsLabel) {
    constexpr std::uint32_t kWords = 4096;
    const Buffer x = device().makeBuffer(kWords * 4, Memory::Device, "x");
    Profiler profiler;
    CommandStream stream(device());
    stream.fill(whole(x), 0);
    scale(stream, whole(x), kWords); // before: not counted
    stream.setProfiler(&profiler);
    constexpr int kCalls = 700; // more than one submission's timestamps
    for (int i = 0; i < kCalls; ++i) {
        scale(stream, whole(x), kWords);
    }
    stream.dispatch("garble", device().kernel(ShaderId::TestGarble), GarbleParams{kWords, 1000},
                    {whole(x)}, {.x = groupCount(kWords, 64)}, {.flops = 3.0 * 1000 * kWords});
    stream.submitAndWait();
    stream.setProfiler(nullptr);
    scale(stream, whole(x), kWords); // after: not counted
    stream.submitAndWait();

    const auto rows = profiler.rows();
    ASSERT_EQ(rows.size(), 2U);
    const auto& scaled = rows[0].label == "scale" ? rows[0] : rows[1];
    const auto& garbled = rows[0].label == "scale" ? rows[1] : rows[0];
    EXPECT_EQ(scaled.calls, 700U);
    EXPECT_EQ(garbled.calls, 1U);
    EXPECT_DOUBLE_EQ(scaled.bytes, 8.0 * kWords * kCalls);
    EXPECT_DOUBLE_EQ(garbled.flops, 3.0 * 1000 * kWords);
    EXPECT_GT(garbled.seconds, 0);
    EXPECT_GT(garbled.gigaflopsPerSecond(), 0);
    const std::string table = profiler.table();
    EXPECT_NE(table.find("scale"), std::string::npos);
    EXPECT_NE(table.find("garble"), std::string::npos);
    EXPECT_NE(table.find("GFLOP/s"), std::string::npos);
}

TEST(Profiler, AddsUpAndSortsByTime) {
    Profiler profiler;
    profiler.add("short", 0.001, {.flops = 1e6, .bytes = 2e6});
    profiler.add("long", 0.004, {.flops = 1e6});
    profiler.add("short", 0.001, {.flops = 3e6, .bytes = 2e6});
    const auto rows = profiler.rows();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].label, "long");
    EXPECT_EQ(rows[1].calls, 2U);
    EXPECT_DOUBLE_EQ(rows[1].gigaflopsPerSecond(), 2.0);
    EXPECT_DOUBLE_EQ(rows[1].gigabytesPerSecond(), 2.0);
}

} // namespace
} // namespace phial::gpu::test
